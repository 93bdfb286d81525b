// SPDX-License-Identifier: MIT
/// @file
/// What models with vectors share that explain their scores by the history.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/kept_matrix.hpp>

#include <cstddef>
#include <memory>
#include <string>

namespace hybrec::detail {

/// A `factor_model` that may keep the interactions. `Model` derives from it, has a static member
/// `algorithm()`, its name in errors, `fitted()` and
///
///     explanation<Value> explain_score(Value score, item_index item,
///                                      const sparse_row<item_index, Value>& history) const;
///
/// which takes the score apart that a user of this history has for the item. The history is not
/// empty.
template <class Model, class Value>
class explained_model : public factor_model<Value> {
  public:
    /// The training interactions; null if they are not kept. Copies of a model share them.
    [[nodiscard]] const csr_matrix<user_index, item_index, Value>* history() const noexcept {
        return history_.get();
    }

    /// Why `item` has its score for `user`: what each item of the training history adds to it. Parts
    /// and remainder sum to the score; see the model for what the remainder is.
    /// @throws not_fitted_error if the model keeps no history (`keep_history`), shape_error,
    ///         numeric_error.
    /// Complexity: O(n·f² + f³/3) for a history of n items.
    [[nodiscard]] explanation<Value> explain(user_index user, item_index item) const {
        require_fitted();
        if (!history_)
            throw not_fitted_error{Model::algorithm() +
                                   ": explain(user, item) needs the training history, which this "
                                   "model does not keep (keep_history); use explain(user, item, "
                                   "history). The model"};
        require_below(user, this->user_count(), "user");
        return explain_vector(this->user_factors_.padded_row(user), item, history_->row(user));
    }
    /// The same for a history that the caller holds.
    template <item_history History>
    [[nodiscard]] explanation<Value> explain(user_index user, item_index item,
                                             const History& history) const {
        require_fitted();
        require_below(user, this->user_count(), "user");
        const history_row<item_index, Value> row{history, this->item_count()};
        return explain_vector(this->user_factors_.padded_row(user), item, row.view());
    }
    /// The same for a folded-in user and the history it was made from.
    template <item_history History>
    [[nodiscard]] explanation<Value> explain(const folded_user<Value>& user, item_index item,
                                             const History& history) const {
        require_fitted();
        this->require_fits(user);
        const history_row<item_index, Value> row{history, this->item_count()};
        return explain_vector(user.data(), item, row.view());
    }

  protected:
    explained_model() = default;
    ~explained_model() = default;
    explained_model(const explained_model&) = default;
    explained_model(explained_model&&) noexcept = default;
    explained_model& operator=(const explained_model&) = default;
    explained_model& operator=(explained_model&&) noexcept = default;

    void require_fitted() const {
        if (!model().fitted())
            throw not_fitted_error{Model::algorithm()};
    }

    void save_factors(archive_writer auto& archive) const {
        save_table(archive, "user_factors", this->user_factors_);
        save_table(archive, "item_factors", this->item_factors_);
        if (history_)
            save_csr(archive, "history", *history_);
    }
    /// @param columns of both tables
    void load_factors(archive_reader auto& archive, std::size_t columns) {
        this->user_factors_ = load_table<user_index, Value>(archive, "user_factors", columns);
        this->item_factors_ = load_table<item_index, Value>(archive, "item_factors", columns);
        if (has_csr(archive, "history"))
            history_ = std::make_shared<const csr_matrix<user_index, item_index, Value>>(
                load_csr<user_index, item_index, Value>(archive, "history", this->user_count(),
                                                        this->item_count()));
    }
    [[nodiscard]] bool same_factors(const explained_model& other) const {
        return this->user_factors_ == other.user_factors_ &&
               this->item_factors_ == other.item_factors_ &&
               same_matrix(history(), other.history());
    }

    kept_interactions<Value> history_; // never changed, so that copies can share it

  private:
    [[nodiscard]] const Model& model() const noexcept { return static_cast<const Model&>(*this); }

    [[nodiscard]] explanation<Value>
    explain_vector(const Value* user, item_index item,
                   const sparse_row<item_index, Value>& history) const {
        require_below(item, this->item_count(), "item");
        const Value score =
            simd::dot(user, this->item_factors_.padded_row(item), this->item_factors_.stride());
        if (history.empty())
            return {.score = score, .parts = {}, .remainder = score};
        return model().explain_score(score, item, history);
    }
};

} // namespace hybrec::detail
