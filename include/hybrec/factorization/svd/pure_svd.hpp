// SPDX-License-Identifier: MIT
/// @file
/// PureSVD: the interactions, with zeros for what is missing, in the space of the first singular
/// vectors.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/kept_fit.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
#include <hybrec/sparse/multiply_table.hpp>
#include <hybrec/sparse/truncated_svd.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Options of `pure_svd`.
struct pure_svd_options {
    std::size_t factors = 64;      ///< singular vectors, 1 … 2048
    std::size_t oversampling = 32; ///< of the decomposition; see `svd_options`
    std::size_t iterations = 8;    ///< power iterations of the decomposition
    std::uint64_t seed = 42;       ///< of the decomposition
    std::size_t memory_budget = 0; ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("factors", options.factors);
        visit("oversampling", options.oversampling);
        visit("iterations", options.iterations);
        visit("seed", options.seed);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const pure_svd_options&, const pure_svd_options&) = default;
};

/// PureSVD (Cremonesi, Koren, Turrin 2010, "Performance of recommender algorithms on top-n
/// recommendation tasks", equation 5): with X ≈ U·S·Vᵀ, an item's vector is its row of V and a user's
/// is x·V, so that the scores x·V·Vᵀ are the user's row projected onto the strongest patterns. Users
/// that were not trained on are projected in the same way.
///
/// `fit` costs what `truncated_svd` costs. Const calls are thread-safe. The same bits for any number of threads. If a call throws, the model
/// is what it was before.
class pure_svd : public factor_model<float>, public kept_fit<pure_svd> {
  public:
    /// @throws option_error naming the field, its value and the valid range.
    template <class = on_use>
    explicit pure_svd(pure_svd_options options = {}) : options_{options} {
        validate(decomposition(), "pure_svd");
    }

    [[nodiscard]] const pure_svd_options& options() const noexcept { return options_; }
    [[nodiscard]] bool fitted() const noexcept { return history_ != nullptr; }

    /// The training interactions; null before `fit`. Copies of a model share them.
    [[nodiscard]] const user_items* history() const noexcept { return history_.get(); }

    /// The singular values, descending; zero beyond the rank of the matrix.
    [[nodiscard]] const std::vector<float>& singular_values() const noexcept { return values_; }

    /// The bytes that `fit` holds at its peak beside the caller's matrix.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        const std::size_t wide = padded_size<float>(options_.factors + options_.oversampling);
        const std::size_t matrices = 2 * entries * (sizeof(item_index) + sizeof(float)) +
                                     (users + (2 + threads) * items) * sizeof(offset);
        return matrices + search_index::estimate_bytes(items, options_.factors) +
               sizeof(float) *
                   (2 * (users + items) * wide + (gram_parts + 12 + threads) * wide * wide);
    }

    /// A user that the model has not seen, from what the user did: x·V. Use it in place of a user
    /// index.
    /// @param history items, or items with weights on the scale of the training matrix
    /// @throws data_error if `history` is empty (use a fallback such as `popularity`) or a weight is
    ///         not finite, shape_error for an item beyond the model, not_fitted_error.
    /// Complexity: O(|history| · factors).
    template <item_history History>
    [[nodiscard]] folded_user<float> fold_in(const History& history) const {
        require_fitted();
        const history_row<item_index, float> row{history, item_count()};
        folded_user<float> result{item_factors_.factors()};
        for (const auto [item, weight] : row.view())
            simd::axpy(weight, item_factors_.padded_row(item), result.data(),
                       item_factors_.stride());
        return result;
    }

    /// Why `item` has its score for `user`: each item of the history adds its weight times the
    /// product of the two items' vectors. The parts sum to the score, up to rounding.
    /// @throws shape_error for a user or item beyond the model, not_fitted_error.
    template <class = on_use>
    [[nodiscard]] explanation<float> explain(user_index user, item_index item) const {
        require_fitted();
        require_below(user, user_count(), "user");
        require_below(item, item_count(), "item");
        return explain_row(user_factors_.padded_row(user), item, history_->row(user));
    }
    /// The same for a folded-in user and the history it was made from.
    template <item_history History>
    [[nodiscard]] explanation<float> explain(const folded_user<float>& user, item_index item,
                                             const History& history) const {
        require_fitted();
        require_fits(user);
        require_below(item, item_count(), "item");
        const history_row<item_index, float> row{history, item_count()};
        return explain_row(user.data(), item, row.view());
    }

    [[nodiscard]] static std::string type_name() { return "pure_svd"; }

    void save(archive_writer auto& archive) const {
        require_fitted();
        save_options(archive, options_);
        save_count(archive, "users", user_count());
        save_count(archive, "items", item_count());
        save_csr(archive, "history", *history_);
        save_table(archive, "item_factors", item_factors_);
        archive.write_tensor("singular_values", as_span(values_), {values_.size(), 1});
    }
    [[nodiscard]] static pure_svd load(archive_reader auto& archive) {
        auto model = model_with<pure_svd>(archive, load_options<pure_svd_options>(archive));
        const std::size_t users = load_count(archive, "users");
        const std::size_t items = load_count(archive, "items");
        model.history_ = std::make_shared<const user_items>(
            load_csr<user_index, item_index, float>(archive, "history", users, items));
        model.item_factors_ =
            load_table<item_index, float>(archive, "item_factors", model.options_.factors);
        if (model.item_factors_.rows() != items)
            archive.refuse("item_factors", "expected " + std::to_string(items) + " rows, found " +
                                               std::to_string(model.item_factors_.rows()));
        model.values_ = archive.template read_tensor<float>("singular_values").values;
        if (model.values_.size() != model.options_.factors)
            archive.refuse("singular_values", "expected one for each of the factors, found " +
                                                  std::to_string(model.values_.size()));
        for (const float value : model.values_)
            if (!std::isfinite(value))
                archive.refuse("singular_values", "a value is not finite");
        model.project({});
        return model;
    }

    friend bool operator==(const pure_svd& left, const pure_svd& right) {
        return left.options_ == right.options_ && left.values_ == right.values_ &&
               left.item_factors_ == right.item_factors_ &&
               same_matrix(left.history(), right.history());
    }

  private:
    friend class kept_fit<pure_svd>;

    [[nodiscard]] pure_svd untrained() const { return pure_svd{options_}; }

    void learn(progress_observer auto& progress, const execution& where) {
        auto svd = truncated_svd(history_->view(), decomposition(), progress, where);
        item_factors_ = std::move(svd.right);
        values_ = std::move(svd.values);
        project(where);
    }

    [[nodiscard]] svd_options decomposition() const noexcept {
        return {.factors = options_.factors,
                .oversampling = options_.oversampling,
                .iterations = options_.iterations,
                .seed = options_.seed};
    }
    void require_fitted() const {
        if (!fitted())
            throw not_fitted_error{type_name()};
    }
    template <class = on_use>
    [[nodiscard]] explanation<float>
    explain_row(const float* user, item_index item,
                const sparse_row<item_index, float>& history) const {
        const auto product = [&](const float* vector) {
            return simd::dot(vector, item_factors_.padded_row(item), item_factors_.stride());
        };
        return explain_by_parts(product(user), history.columns(), [&](std::size_t k) {
            return history.values()[k] * product(item_factors_.padded_row(history.columns()[k]));
        });
    }
    /// The vectors of the users, x·V, and what searches need.
    template <class = on_use>
    void project(const execution& where) {
        user_factors_ = multiply_table(history_->view(), item_factors_, where);
        update_norms();
    }

    pure_svd_options options_;
    std::vector<float> values_;
    kept_interactions<float> history_; // never changed, so that copies can share it
};

} // namespace hybrec
