// SPDX-License-Identifier: MIT
/// @file
/// What models share whose item-to-item weights are a sparse matrix.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/linear/detail/product_rows.hpp>
#include <hybrec/retrieval/history_model.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

namespace hybrec::detail {

/// A `history_model` whose B is sparse: row h holds what having h adds to the scores of others.
template <class Model>
class sparse_weights : public history_model<Model> {
  public:
    static constexpr bool looks_up_coefficients = true;

    /// B. @pre the model is fitted.
    [[nodiscard]] const item_weights& coefficients() const noexcept { return *weights_; }

    void spread(sparse_row<item_index, float> history, std::span<float> scores) const noexcept {
        for (const auto [from, weight] : history)
            for (const auto [to, value] : weights_->row(from))
                scores[to.value()] = simd::multiply_add(weight, value, scores[to.value()]);
    }
    [[nodiscard]] float coefficient(item_index from, item_index to) const noexcept {
        const auto row = weights_->row(from);
        const auto at = std::lower_bound(row.columns().begin(), row.columns().end(), to);
        return at == row.columns().end() || *at != to
                   ? 0.0F
                   : row.values()[static_cast<std::size_t>(at - row.columns().begin())];
    }

  protected:
    void save_weights(archive_writer auto& archive) const {
        this->save_history(archive);
        save_csr(archive, "coefficients", *weights_);
    }
    void load_weights(archive_reader auto& archive) {
        this->load_history(archive);
        weights_ = std::make_shared<const item_weights>(load_csr<item_index, item_index, float>(
            archive, "coefficients", this->item_count(), this->item_count()));
    }
    [[nodiscard]] bool same_weights(const sparse_weights& other) const {
        return same_matrix(this->history(), other.history()) &&
               same_matrix(weights_.get(), other.weights_.get());
    }

    std::shared_ptr<const item_weights> weights_; // never changed, so that copies can share it
};

} // namespace hybrec::detail
