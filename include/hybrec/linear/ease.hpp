// SPDX-License-Identifier: MIT
/// @file
/// EASE: the linear model between all pairs of items, in closed form.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/linear/detail/symmetric_inverse.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/history_model.hpp>
#include <hybrec/retrieval/kept_fit.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Options of `ease`.
struct ease_options {
    double l2 = 500;               ///< λ, the weight of the squared coefficients; above 0
    std::size_t memory_budget = 0; ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("l2", options.l2);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const ease_options&, const ease_options&) = default;
};

/// EASE (Steck 2019, "Embarrassingly shallow autoencoders for sparse data"): the B without a
/// diagonal that minimises ‖X − XB‖² + λ‖B‖². With P = (XᵀX + λI)⁻¹ (equation 8)
///
///     B = I − P·diag(1/P_jj),   so   B_ij = −P_ij / P_jj for i ≠ j.
///
/// X are the interactions with their weights. `fit` takes O(items³) flops and O(Σ nᵤ²), and throws
/// numeric_error if l2 is too small next to the entries of the Gram matrix. B is dense: 4·items² bytes, in which the Gram matrix
/// is built, inverted and turned into B, so that there is never a second matrix of that size.
///
/// Const calls are thread-safe. The same bits for any number of threads. If a call throws, the model
/// is what it was before.
class ease : public history_model<ease>, public kept_fit<ease> {
  public:
    /// @throws option_error naming the field, its value and the valid range.
    template <class Use = on_use>
    explicit ease(ease_options options = {}) : options_{options} {
        option_checks<Use>{"ease"}.above_zero("l2", options.l2);
    }

    [[nodiscard]] const ease_options& options() const noexcept { return options_; }

    /// B: row h says what having h adds to the scores of all items.
    [[nodiscard]] const factor_table<item_index, float>& coefficients() const noexcept {
        return *weights_;
    }

    /// The bytes that `fit` holds at its peak beside the caller's matrix.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        const std::size_t matrices = 2 * entries * (sizeof(item_index) + sizeof(float)) +
                                     (users + (2 + threads) * items) * sizeof(offset);
        return matrices + sizeof(float) * items * padded_size<float>(items) +
               detail::sweep_bytes(items);
    }

    template <class = on_use>
    void spread(sparse_row<item_index, float> history, std::span<float> scores) const noexcept {
        for (const auto [from, weight] : history)
            simd::axpy(weight, weights_->padded_row(from), scores.data(), weights_->stride());
    }
    /// Some columns of all histories at a time: the rows of what many users have stay in cache.
    template <class = on_use>
    void spread_all(std::span<const sparse_row<item_index, float>> histories, float* scores,
                    std::size_t stride) const noexcept {
        constexpr std::size_t columns = 1024;
        for (std::size_t first = 0; first < weights_->stride(); first += columns)
            for (std::size_t at = 0; at < histories.size(); ++at)
                for (const auto [from, weight] : histories[at])
                    simd::axpy(weight, weights_->padded_row(from) + first,
                               scores + at * stride + first,
                               std::min(columns, weights_->stride() - first));
    }
    [[nodiscard]] float coefficient(item_index from, item_index to) const noexcept {
        return weights_->padded_row(from)[to.value()];
    }

    [[nodiscard]] static std::string type_name() { return "ease"; }

    void save(archive_writer auto& archive) const {
        require_fitted();
        save_options(archive, options_);
        save_history(archive);
        save_table(archive, "coefficients", *weights_);
    }
    [[nodiscard]] static ease load(archive_reader auto& archive) {
        ease model = model_with<ease>(archive, load_options<ease_options>(archive));
        model.load_history(archive);
        table weights = load_table<item_index, float>(archive, "coefficients", model.item_count());
        if (weights.rows() != model.item_count())
            archive.refuse("coefficients", "expected " + std::to_string(model.item_count()) +
                                               " rows, found " + std::to_string(weights.rows()));
        model.weights_ = std::make_shared<const table>(std::move(weights));
        return model;
    }

    friend bool operator==(const ease& left, const ease& right) {
        return left.options_ == right.options_ && same_matrix(left.history(), right.history()) &&
               same_matrix(left.weights_.get(), right.weights_.get());
    }

  private:
    friend class kept_fit<ease>;
    using table = factor_table<item_index, float>;

    [[nodiscard]] ease untrained() const { return ease{options_}; }

    void learn(progress_observer auto& progress, const execution& where) {
        table weights(item_count(), item_count());
        fill_gram(weights, where);
        const auto told = [&](std::size_t rows) {
            progress({.phase = "EASE", .step = rows, .steps = weights.rows()});
        };
        told(0);
        const std::size_t done =
            detail::sweep_all(weights.data(), weights.stride(), weights.rows(), told, where);
        if (done != weights.rows())
            fail<numeric_error>({"ease: the Gram matrix is singular at item ", done,
                                 "; expected a larger l2 than ", options_.l2});
        divide_by_diagonal(weights, where);
        weights_ = std::make_shared<const table>(std::move(weights));
    }

    /// The upper triangle of XᵀX + λI.
    template <class = on_use>
    void fill_gram(table& gram, const execution& where) const {
        const auto by_item = transpose(*history_, where);
        where.threads().for_chunks(
            gram.rows(), 16,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t item = begin; item < end; ++item) {
                    float* const row = gram.padded_row(item_index(item));
                    for (const auto [user, weight] : by_item.row(item_index(item))) {
                        const auto entries = history_->row(user);
                        const auto columns = entries.columns();
                        for (auto at = static_cast<std::size_t>(std::lower_bound(columns.begin(),
                                                                                 columns.end(),
                                                                                 item_index(item)) -
                                                                columns.begin());
                             at < columns.size(); ++at)
                            row[columns[at].value()] += weight * entries.values()[at];
                    }
                    row[item] += static_cast<float>(options_.l2);
                }
            },
            where.stop);
    }

    /// Turns the upper triangle of −P into B, both triangles, tile and mirrored tile together.
    template <class = on_use>
    static void divide_by_diagonal(table& weights, const execution& where) {
        constexpr std::size_t side = 64;
        const std::size_t items = weights.rows();
        std::vector<float> reciprocals(items);
        for (std::size_t item = 0; item < items; ++item)
            reciprocals[item] = -1 / weights.row(item_index(item))[item];
        where.threads().for_chunks(
            items, side,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t tile = begin; tile < items; tile += side)
                    for (std::size_t i = begin; i < end; ++i) {
                        float* const row = weights.padded_row(item_index(i));
                        for (std::size_t j = std::max(tile, i + 1);
                             j < std::min(items, tile + side); ++j) {
                            weights.padded_row(item_index(j))[i] = row[j] * reciprocals[i];
                            row[j] *= reciprocals[j];
                        }
                    }
                for (std::size_t i = begin; i < end; ++i)
                    weights.padded_row(item_index(i))[i] = 0;
            },
            where.stop);
    }

    ease_options options_;
    std::shared_ptr<const table> weights_; // never changed, so that copies can share it
};

} // namespace hybrec
