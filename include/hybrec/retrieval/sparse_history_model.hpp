// SPDX-License-Identifier: MIT
/// @file
/// What models share whose item-to-item weights are a sparse matrix.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/retrieval/history_model.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/kept_matrix.hpp>

#include <memory>
#include <span>
#include <utility>

namespace hybrec {

/// A `history_model` whose B is sparse: row h holds what having h adds to the scores of others.
template <class Model>
class sparse_history_model : public history_model<Model> {
  public:
    static constexpr bool looks_up_coefficients = true;

    /// B. @pre the model is fitted.
    [[nodiscard]] const csr_matrix<item_index, item_index, float>& coefficients() const noexcept {
        return *weights_;
    }

    void spread(sparse_row<item_index, float> history, std::span<float> scores) const noexcept {
        for (const auto [from, weight] : history)
            for (const auto [to, value] : weights_->row(from))
                scores[to.value()] = simd::multiply_add(weight, value, scores[to.value()]);
    }
    /// B(from, to). Complexity: O(log of the row's length).
    [[nodiscard]] float coefficient(item_index from, item_index to) const noexcept {
        return weights_->row(from).value_at(to);
    }

  protected:
    void set_weights(csr_matrix<item_index, item_index, float>&& weights) {
        weights_ =
            std::make_shared<const csr_matrix<item_index, item_index, float>>(std::move(weights));
    }
    void save_weights(archive_writer auto& archive) const {
        this->save_history(archive);
        save_csr(archive, "coefficients", *weights_);
    }
    void load_weights(archive_reader auto& archive) {
        this->load_history(archive);
        set_weights(load_csr<item_index, item_index, float>(
            archive, "coefficients", this->item_count(), this->item_count()));
    }
    [[nodiscard]] bool same_weights(const sparse_history_model& other) const {
        return same_matrix(this->history(), other.history()) &&
               same_matrix(weights_.get(), other.weights_.get());
    }

  private:
    kept_matrix<item_index, item_index, float> weights_; // never changed: copies can share it
};

} // namespace hybrec
