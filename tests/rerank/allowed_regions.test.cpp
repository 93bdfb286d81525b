// SPDX-License-Identifier: MIT
#include <hybrec/rerank/allowed_regions.hpp>

#include "lists.hpp"
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/rerank/rule_set.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace hybrec;
using namespace lists;

namespace {

struct traveller {
    std::string country;
};
using regions = std::vector<std::vector<std::string>>;

static_assert(hard_filter<allowed_regions<regions, std::string traveller::*>, request<traveller>>);
static_assert(!hard_filter<allowed_regions<regions, std::string traveller::*>>);
static_assert(
    !hard_filter<allowed_regions<std::vector<int>, std::string traveller::*>, request<traveller>>);

} // namespace

TEST_CASE("items are shown where they are allowed") {
    const regions allowed{{"DE", "FR"}, {"FR"}, {}};
    const auto list = ranked({4, 3, 2, 1}); // of item 3 nothing is known
    const auto rules = enforce(allowed_regions{std::cref(allowed), &traveller::country});
    const auto shown_in = [&](const char* country) {
        return items(reranked(rules, request{user_index{0}, traveller{country}}, list, 4));
    };
    CHECK(shown_in("FR") == std::vector{0, 1});
    CHECK(shown_in("DE") == std::vector{0});
    CHECK(shown_in("").empty());
    const auto by_function =
        enforce(allowed_regions{[](item_index item) { return std::vector{item.value()}; },
                                [](const traveller&) { return std::uint32_t{2}; }});
    CHECK(items(reranked(by_function, request{user_index{0}, traveller{}}, list, 4)) ==
          std::vector{2});
}
