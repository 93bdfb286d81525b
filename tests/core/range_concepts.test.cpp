// SPDX-License-Identifier: MIT
#include <hybrec/core/range_concepts.hpp>

#include <vector>

#include <doctest/doctest.h>

TEST_CASE("range_concepts") {
    using list = std::vector<int>;
    static_assert(std::ranges::random_access_range<list> && std::ranges::sized_range<list>);
    static_assert(!std::ranges::input_range<int>);
    const list values{1, 2};
    CHECK(std::ranges::size(values) == 2);
    CHECK(std::ranges::end(values) - std::ranges::begin(values) == 2);
}
