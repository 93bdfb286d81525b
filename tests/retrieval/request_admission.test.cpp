// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/request_admission.hpp>

#include <hybrec/data/synthetic.hpp>
#include <hybrec/linear/ease.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

static_assert(admission<request_admission<unfiltered, request<>>, item_index>);

namespace {

struct shop {
    std::uint32_t first_allowed = 0;
};
struct from_shop {
    [[nodiscard]] bool admits(const request<shop>& who, item_index item) const noexcept {
        return item.value() >= who.context.first_allowed;
    }
};

static_assert(request_filter<from_shop, request<shop>> && !request_filter<from_shop>);
static_assert(request_filter<unfiltered> && request_filter<unseen_by_user<float>, request<shop>>);
using unseen = request_admission<unseen_by_user<float>, request<>>;
static_assert(admission<unseen, item_index> && index_filter<unseen>);
static_assert(!unseen::asks() && !index_admission<unseen, item_index>::asks(),
              "lists stay lists when an admission is passed on");
static_assert(request_admission<from_shop, request<shop>>::asks());

template <class Admission>
std::vector<std::uint32_t> denied_by(const Admission& admission) {
    std::vector<std::uint32_t> denied;
    admission.visit_denied([&](std::span<const item_index> list) {
        for (const item_index item : list)
            denied.push_back(item.value());
    });
    return denied;
}

} // namespace

TEST_CASE("request_admission applies any filter to a request") {
    const auto data = make_synthetic_catalogue({.users = 40, .items = 60, .mean_interactions = 12});
    const unseen_by_user filter{data.log.matrix};
    const request known{user_index{3}};
    const request unknown{std::span<const weighted_item>{}};
    const auto seen = data.log.matrix.row(user_index{3}).columns();
    REQUIRE(!seen.empty());

    SUBCASE("of a user's items") {
        const unseen admission{filter, known};
        CHECK_FALSE(admission.admits(seen[0]));
        CHECK(denied_by(admission).size() == seen.size());
        const unseen nobody{filter, unknown};
        CHECK(nobody.admits(seen[0]));
        CHECK(denied_by(nobody).empty());
    }
    SUBCASE("of items") {
        const excluding some{item_index{5}};
        const request_admission<excluding<item_index>, request<>> admission{some, unknown};
        CHECK_FALSE(admission.admits(item_index{5}));
        CHECK(denied_by(admission) == std::vector<std::uint32_t>{5});
        CHECK(admission.admits_unlisted(item_index{5}));
    }
    SUBCASE("that reads the context") {
        const request<shop> who{user_index{3}, {4}};
        const from_shop rule;
        const request_admission<from_shop, request<shop>> admission{rule, who};
        CHECK_FALSE(admission.admits_unlisted(item_index{3}));
        CHECK(admission.admits(item_index{4}));
    }
    SUBCASE("and is a filter that models take") {
        ease model;
        model.fit(data.log.matrix);
        CHECK(model.recommend(user_index{3}, 60, unseen{filter, known}) ==
              model.recommend(user_index{3}, 60, filter));
    }
}
