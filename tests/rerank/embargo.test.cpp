// SPDX-License-Identifier: MIT
#include <hybrec/rerank/embargo.hpp>

#include "lists.hpp"
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/rerank/rule_set.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(hard_filter<embargo<std::vector<time_window>, unix_seconds>>);

namespace {

struct moment {
    unix_seconds now = 0;
};
using windows = std::vector<time_window>;

static_assert(hard_filter<embargo<windows, unix_seconds (*)()>>);
static_assert(hard_filter<embargo<windows, unix_seconds moment::*>, request<moment>>);
static_assert(!hard_filter<embargo<windows, unix_seconds moment::*>> &&
              !hard_filter<embargo<std::vector<int>, unix_seconds>>);

} // namespace

TEST_CASE("an embargo hides items from its first second until before its last") {
    const windows hidden{{100, 200}, {}, {150, 151}};
    const auto list = ranked({4, 3, 2, 1}); // item 3 is beyond the list
    const auto shown_at = [&](unix_seconds now) {
        const auto by_value = items(reranked(enforce(embargo{hidden, now}), somebody, list, 4));
        const auto by_call =
            items(reranked(enforce(embargo{hidden, [now] { return now; }}), somebody, list, 4));
        const auto by_context = items(reranked(enforce(embargo{hidden, &moment::now}),
                                               request{user_index{0}, moment{now}}, list, 4));
        CHECK(by_value == by_call);
        CHECK(by_value == by_context);
        return by_value;
    };
    CHECK(shown_at(99) == std::vector{0, 1, 2, 3});
    CHECK(shown_at(100) == std::vector{1, 2, 3});
    CHECK(shown_at(150) == std::vector{1, 3});
    CHECK(shown_at(199) == std::vector{1, 2, 3});
    CHECK(shown_at(200) == std::vector{0, 1, 2, 3});
}
