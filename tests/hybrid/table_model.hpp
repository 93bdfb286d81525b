// SPDX-License-Identifier: MIT
/// @file
/// A model whose scores are given, for tests of what is made of models.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace hybrec::test {

/// scores[u][i]; a user with an empty row is not known. `nothing` means that an item has no score, as 0 does
/// in many models. A visitor's scores are those of the user whose index is the visitor's first item.
template <score_kind Kind = score_kind::preference>
class table_model {
  public:
    using score_type = float;
    static constexpr score_kind kind = Kind;
    static constexpr bool zero_is_no_score = true;
    struct folded {
        user_index user;
    };

    explicit table_model(std::vector<std::vector<float>> scores, std::size_t items)
        : scores_{std::move(scores)}, items_{items} {}

    [[nodiscard]] std::size_t user_count() const noexcept { return scores_.size(); }
    [[nodiscard]] std::size_t item_count() const noexcept { return items_; }
    [[nodiscard]] bool knows(user_index user) const noexcept {
        return user.value() < scores_.size() && !scores_[user.value()].empty();
    }
    void score(user_index user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        for (std::size_t at = 0; at < items.size(); ++at)
            out[at] = knows(user) ? scores_[user.value()][items[at].value()] : 0.0F;
    }
    void score(folded who, std::span<const item_index> items, std::span<float> out) const noexcept {
        score(who.user, items, out);
    }
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        ++calls;
        if (fails)
            throw std::runtime_error{"the table is on fire"};
        ranking<item_index> all;
        for (std::size_t item = 0; knows(user) && item < items_; ++item) {
            const float score = scores_[user.value()][item];
            if (score != 0 && hybrec::admits(filter, user, item_index(item)))
                all.push_back({item_index(item), score});
        }
        std::sort(all.begin(), all.end(), ranks_before<item_index, float>);
        all.resize(std::min(all.size(), out.size()));
        std::copy(all.begin(), all.end(), out.begin());
        return all.size();
    }
    template <index_filter Filter = unfiltered>
    std::size_t recommend_into(folded who, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        return recommend_into(who.user, out, filter);
    }
    template <class User, class Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(const User& user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(n);
        result.resize(recommend_into(user, result, filter));
        return result;
    }
    template <item_history History>
    [[nodiscard]] folded fold_in(const History& history) const {
        if (std::ranges::empty(history))
            throw data_error{"an empty history"};
        const auto first = *std::ranges::begin(history);
        if constexpr (requires { first.index; })
            return {user_index{first.index.value()}};
        else
            return {user_index{first.value()}};
    }

    bool fails = false;
    mutable std::size_t calls = 0; ///< of `recommend_into`

  private:
    std::vector<std::vector<float>> scores_;
    std::size_t items_;
};

static_assert(scorer<table_model<>> && recommender<table_model<>> && foldable<table_model<>>);

/// A table that explains itself, by a history of items 0 and 1 whatever the user: they add 3/4 and −1/4 of each
/// score, 1/2 is the remainder.
template <score_kind Kind = score_kind::preference>
class explaining_table : public table_model<Kind> {
  public:
    using table_model<Kind>::table_model;
    explicit explaining_table(const table_model<Kind>& table) : table_model<Kind>{table} {}

    [[nodiscard]] explanation<float> explain(user_index user, item_index item) const {
        float score = 0;
        this->score(user, {&item, 1}, {&score, 1});
        return {.score = score,
                .parts = {{item_index{0}, 0.75F * score}, {item_index{1}, -0.25F * score}},
                .remainder = 0.5F * score};
    }
    [[nodiscard]] explanation<float> explain(typename table_model<Kind>::folded who,
                                             item_index item) const {
        return explain(who.user, item);
    }
};

/// One that explains itself for users by index only.
struct index_explaining_table : table_model<> {
    using table_model::table_model;
    [[nodiscard]] explanation<float> explain(user_index user, item_index item) const {
        return explaining_table<>{*this}.explain(user, item);
    }
};

/// The same list for everybody, known or not; cannot score.
class fixed_list {
  public:
    using score_type = float;
    static constexpr score_kind kind = score_kind::preference;

    fixed_list(ranking<item_index> list, std::size_t items)
        : list_{std::move(list)}, items_{items} {}
    [[nodiscard]] std::size_t user_count() const noexcept { return 0; }
    [[nodiscard]] std::size_t item_count() const noexcept { return items_; }
    [[nodiscard]] bool knows(user_index) const noexcept { return true; }
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        std::size_t size = 0;
        for (const scored_item entry : list_)
            if (size < out.size() && hybrec::admits(filter, user, entry.index))
                out[size++] = entry;
        return size;
    }
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(n);
        result.resize(recommend_into(user, result, filter));
        return result;
    }
    [[nodiscard]] ranking<item_index> recommend(std::size_t n) const {
        return recommend(user_index{}, n);
    }

  private:
    ranking<item_index> list_;
    std::size_t items_;
};

/// `{3, 1, 2}` → item_index values.
[[nodiscard]] inline std::vector<std::uint32_t> items_of(const ranking<item_index>& list) {
    std::vector<std::uint32_t> items;
    for (const auto& entry : list)
        items.push_back(entry.index.value());
    return items;
}

/// Counts how often it is trained; scores are the numbers of entries then.
class counting_model : public table_model<> {
  public:
    counting_model() : table_model{{}, 0} {}

    void fit(const user_item_matrix auto& interactions) {
        ++fits;
        static_cast<table_model<>&>(*this) =
            table_model{std::vector(interactions.row_count(),
                                    std::vector(interactions.column_count(),
                                                static_cast<float>(interactions.entry_count()))),
                        interactions.column_count()};
    }
    int fits = 0;
};

} // namespace hybrec::test
