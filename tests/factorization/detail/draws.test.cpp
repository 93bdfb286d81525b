// SPDX-License-Identifier: MIT
#include <hybrec/factorization/detail/draws.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <vector>

using namespace hybrec;

TEST_CASE("draws are uniform and repeatable") {
    std::vector<int> counts(7);
    detail::draws first{counter_random{5, 6}};
    detail::draws again{counter_random{5, 6}};
    for (int k = 0; k < 7000; ++k) {
        const std::size_t value = first.below(7);
        REQUIRE(value < 7);
        REQUIRE(value == again.below(7));
        ++counts[value];
    }
    for (const int count : counts)
        CHECK(std::abs(count - 1000) < 150); // five standard deviations
}
