// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/search_result.hpp>

#include <doctest/doctest.h>

namespace hr = hybrec;

static_assert(hr::objective_of<double (*)(const int&), int>);
static_assert(!hr::objective_of<double (*)(const int&, std::size_t), int>);
static_assert(hr::budgeted_objective_of<double (*)(const int&, std::size_t), int>);

TEST_CASE("search_result gives the options and the value of the best trial") {
    const hr::search_result<int> result{{{7, 0.1}, {8, 0.3}}, 1};
    CHECK(result.options() == 8);
    CHECK(result.value() == 0.3);
    CHECK_THROWS((void)hr::search_result<int>{}.options());
}
