// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/request_model.hpp>

#include <hybrec/concepts/model.hpp>
#include <hybrec/hybrid/component.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace hybrec;

namespace {

struct bonus_context {
    float bonus = 0;
};

/// Answers with the items 0, 1, … as far as the filter lets them through, and remembers nothing.
class counting : public request_model<counting> {
  public:
    static constexpr score_kind kind = score_kind::preference;
    [[nodiscard]] std::size_t user_count() const noexcept { return 2; }
    [[nodiscard]] std::size_t item_count() const noexcept { return 4; }
    template <class Context>
    [[nodiscard]] bool knows_request(const request<Context>& who) const noexcept {
        return who.user ? *who.user == user_index{1} : !who.history.empty();
    }
    template <class Context, class Filter>
    std::size_t answer(const request<Context>& who, std::span<scored_item> out,
                       const Filter& filter) const {
        float bonus = 0;
        if constexpr (std::is_same_v<Context, bonus_context>)
            bonus = who.context.bonus;
        std::size_t size = 0;
        const request_admission<Filter, request<Context>> admission{filter, who};
        for (std::uint32_t item = 0; item < 4 && size < out.size(); ++item)
            if (knows_request(who) && admission.admits(item_index{item}))
                out[size++] = {item_index{item}, 10.0F - static_cast<float>(item) + bonus};
        return size;
    }
};

static_assert(recommender<counting> && knows_users<counting> && foldable<counting>);
static_assert(!scorer<counting>, "without score_request there are no scores");
static_assert(request_recommender<counting, request<bonus_context>>);

} // namespace

TEST_CASE("a request_model answers requests, users and visitors") {
    const counting model;
    CHECK(model.knows(user_index{1}));
    CHECK_FALSE(model.knows(user_index{0}));
    CHECK(model.recommend(user_index{0}, 3).empty());
    CHECK(model.recommend(user_index{1}, 99).size() == 4);
    CHECK(model.recommend(request<bonus_context>{user_index{1}, {5}}, 1)[0].score == 15);
    const auto guest = model.fold_in(std::vector{item_index{2}});
    CHECK(model.recommend(guest, 2, excluding{item_index{0}})[0].index == item_index{1});
    const auto all = model.recommend_all(2);
    REQUIRE(all.size() == 2);
    CHECK(all[0].empty());
    CHECK(all[1].size() == 2);
    CHECK_THROWS_AS((void)model.fold_in(std::vector<item_index>{}), data_error);
}
