// SPDX-License-Identifier: MIT
#include <hybrec/concepts/model.hpp>

#include <doctest/doctest.h>

#include <hybrec/concepts/filter.hpp>
#include <hybrec/core/explanation.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace hr = hybrec;
using hr::item_index;
using hr::user_index;

namespace {

struct sized {
    std::size_t user_count() const { return 2; }
    std::size_t item_count() const { return 3; }
};

/// The least that a model has to be: everybody gets the items with the highest numbers.
struct by_number : sized {
    using score_type = float;
    static constexpr hr::score_kind kind = hr::score_kind::preference;

    void score(user_index, std::span<const item_index> items, std::span<float> out) const noexcept {
        for (std::size_t at = 0; at < items.size(); ++at)
            out[at] = static_cast<float>(items[at].value());
    }
    template <class Filter>
    std::size_t recommend_into(user_index, std::span<hr::scored_item> out,
                               const Filter& filter) const {
        std::size_t count = 0;
        for (std::size_t item = item_count(); item-- > 0 && count < out.size();)
            if (filter.admits(item_index(item)))
                out[count++] = {item_index(item), static_cast<float>(item)};
        return count;
    }
    template <class Filter = hr::archetype::item_filter>
    hr::ranking<item_index> recommend(user_index user, std::size_t n,
                                      const Filter& filter = {}) const {
        hr::ranking<item_index> list(n);
        list.resize(recommend_into(user, list, filter));
        return list;
    }
    bool knows(user_index user) const noexcept { return user.value() < 2; }
};

struct without_kind : sized {
    void score(user_index, std::span<const item_index>, std::span<float>) const noexcept {}
};
struct kind_is_text : sized {
    using score_type = float;
    static constexpr const char* kind = "rating";
};
struct score_may_throw : by_number {
    void score(user_index, std::span<const item_index>, std::span<float>) const {}
};
struct score_for_items : by_number {
    void score(item_index, std::span<const item_index>, std::span<float>) const noexcept {}
};
struct without_filter : sized {
    using score_type = float;
    static constexpr hr::score_kind kind = hr::score_kind::rating;
    std::vector<hr::scored_item> recommend(user_index, std::size_t) const { return {}; }
};
struct knows_by_number {
    int knows(user_index) const noexcept { return 1; }
};
struct knows_or_throws {
    bool knows(user_index) const { return true; }
};

struct embedding : sized {
    std::vector<float> user_factors() const { return {}; }
    std::vector<float> item_factors() const { return {}; }
};
struct half_embedding : sized {
    std::vector<float> item_factors() const { return {}; }
};
struct alike {
    hr::ranking<item_index> similar_items(item_index, std::size_t) const { return {}; }
    hr::ranking<user_index> similar_users(user_index, std::size_t) const { return {}; }
};

struct visitor {
    std::size_t history = 0;
};
struct folds {
    visitor fold_in(std::span<const item_index> history) const { return {history.size()}; }
    hr::ranking<item_index> recommend(const visitor& who, std::size_t n) const {
        return hr::ranking<item_index>(who.history < n ? who.history : n);
    }
};
struct folds_in_vain { // its own recommend does not take what fold_in gives
    visitor fold_in(std::span<const item_index>) const { return {}; }
    hr::ranking<item_index> recommend(user_index, std::size_t) const { return {}; }
};
struct explains {
    hr::explanation<> explain(user_index, item_index) const { return {}; }
};
struct explains_in_words {
    std::string explain(user_index, item_index) const { return "because"; }
};

} // namespace

static_assert(hr::index_filter<hr::archetype::item_filter>);

static_assert(hr::sized_model<sized>);
static_assert(!hr::sized_model<int>);
static_assert(hr::has_score_kind<by_number>);
static_assert(!hr::has_score_kind<without_kind>);
static_assert(!hr::has_score_kind<kind_is_text>);

static_assert(hr::scorer<by_number>);
static_assert(!hr::scorer<sized>);
static_assert(!hr::scorer<without_kind>);
static_assert(!hr::scorer<score_may_throw>);
static_assert(!hr::scorer<score_for_items>);
static_assert(!hr::scorer<int>);

static_assert(hr::recommender<by_number>);
static_assert(!hr::recommender<without_filter>);
static_assert(!hr::recommender<folds>);
static_assert(!hr::recommender<int>);

static_assert(hr::knows_users<by_number>);
static_assert(!hr::knows_users<sized>);
static_assert(!hr::knows_users<knows_by_number>);
static_assert(!hr::knows_users<knows_or_throws>);

static_assert(hr::embedding_model<embedding>);
static_assert(!hr::embedding_model<half_embedding>);
static_assert(!hr::embedding_model<by_number>);

static_assert(hr::item_similarity_model<alike>);
static_assert(hr::user_similarity_model<alike>);
static_assert(!hr::item_similarity_model<by_number>);
static_assert(!hr::user_similarity_model<by_number>);

static_assert(hr::foldable<folds>);
static_assert(!hr::foldable<folds_in_vain>);
static_assert(!hr::foldable<by_number>);

static_assert(hr::explainable<explains>);
static_assert(!hr::explainable<explains_in_words>);
static_assert(!hr::explainable<by_number>);

TEST_CASE("the least model") {
    const by_number model;
    const hr::ranking<item_index> expected = {{item_index(2), 2}, {item_index(1), 1}};
    CHECK(model.recommend(user_index(0), 2) == expected);
    CHECK(model.recommend(user_index(0), 9).size() == 3); // shorter, no sentinels
    const std::array asked = {item_index(1), item_index(0)};
    std::array<float, 2> scores{};
    model.score(user_index(0), asked, scores);
    CHECK(scores == std::array<float, 2>{1, 0});
    CHECK(folds{}.recommend(folds{}.fold_in(asked), 5).size() == 2);
}
