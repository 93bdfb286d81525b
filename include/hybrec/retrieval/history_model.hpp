// SPDX-License-Identifier: MIT
/// @file
/// What all models share whose scores are linear in the user's history.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/folded_history.hpp>
#include <hybrec/retrieval/spread_model.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace hybrec {

/// Scores an item by what the user has: score(u, i) = Σₕ w(u, h)·B(h, i) over the history of u. Base
/// class of the models that learn the item-to-item weights B. `Model` derives from it and has
/// `spread` and `coefficient`, as `spread_model` says.
///
/// The weights of a history count as they are: what was fitted on BM25 weights expects BM25 weights
/// when it folds in. Folding in costs nothing: the history is the user.
template <class Model>
class history_model : public spread_model<Model, item_index, folded_history> {
  public:
    /// What stands for a user: the history.
    [[nodiscard]] sparse_row<item_index, float> basis(user_index user) const noexcept {
        return this->history_->row(user);
    }
    [[nodiscard]] sparse_row<item_index, float> basis(const folded_history& user) const noexcept {
        return user.row();
    }

    /// The `n` items that a history of `item` alone leads to, best first, without itself.
    /// @throws shape_error if `item` is not below `item_count()`.
    template <index_filter<item_index> Filter = unfiltered>
    [[nodiscard]] ranking<item_index> similar_items(item_index item, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(item, this->item_count(), "item");
        ranking<item_index> result(std::min(n, this->item_count()));
        const float weight = 1;
        result.resize(this->select(
            sparse_row<item_index, float>{span_of_one(item), span_of_one(weight)}, result,
            others_admission<index_admission<Filter, item_index>, item_index>{{filter}, item}));
        return result;
    }

    /// A user that the model has not seen, from what the user did.
    /// @param history items, or items with weights on the scale of the training matrix
    /// @throws data_error if `history` is empty (use a fallback such as `popularity`) or a weight is
    ///         not finite, shape_error for an item beyond the model, not_fitted_error.
    template <item_history History>
    [[nodiscard]] folded_history fold_in(const History& history) const {
        this->require_fitted();
        return {history_row<item_index, float>{history, this->item_count()}, this->item_count()};
    }

    /// Why `item` has its score for `user`: what each item of the history adds to it. The parts sum
    /// to the score, up to rounding.
    /// @throws shape_error for a user or item beyond the model.
    [[nodiscard]] explanation<float> explain(user_index user, item_index item) const {
        require_below(user, this->user_count(), "user");
        return explain_row(basis(user), item);
    }
    [[nodiscard]] explanation<float> explain(const folded_history& user, item_index item) const {
        this->require_fits(user);
        return explain_row(basis(user), item);
    }

  protected:
    history_model() = default;
    ~history_model() = default;
    history_model(const history_model&) = default;
    history_model(history_model&&) noexcept = default;
    history_model& operator=(const history_model&) = default;
    history_model& operator=(history_model&&) noexcept = default;

  private:
    explanation<float> explain_row(sparse_row<item_index, float> history, item_index item) const {
        require_below(item, this->item_count(), "item");
        const auto& model = static_cast<const Model&>(*this);
        float score = 0;
        this->score_row(history, span_of_one(item), span_of_one(score));
        return explain_by_parts(score, history.columns(), [&](std::size_t k) {
            return history.values()[k] * model.coefficient(history.columns()[k], item);
        });
    }
};

} // namespace hybrec
