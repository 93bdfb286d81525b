// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/serendipity.hpp>

#include "items.hpp"

#include <doctest/doctest.h>

namespace hr = hybrec;

static_assert(hr::ranking_metric<hr::serendipity>);

TEST_CASE("serendipity counts relevant items that no list of bestsellers shows") {
    // Popularity: item 0 four, item 1 two, items 2 and 4 one each (2 first among equals).
    const auto train = toy::matrix({{0, 1}, {0, 1}, {0, 2}, {0, 4}}, 6);
    const auto relevant = toy::items({0, 2, 4, 5});
    const auto ranked = toy::items({0, 2, 5, 4});
    CHECK(hr::serendipity{2, train}(ranked, relevant) == doctest::Approx(1.0 / 2)); // 0 is obvious
    CHECK(hr::serendipity{4, train}(ranked, relevant) ==
          doctest::Approx(1.0 / 4)); // 0, 1, 2, 4 are
    CHECK(hr::serendipity{4, train, 1}(ranked, relevant) == doctest::Approx(3.0 / 4));
    CHECK(hr::serendipity{4, train, 100}(ranked, relevant) == 0);
    CHECK(hr::serendipity{4, train}(toy::items({3}), relevant) == 0);
    CHECK(hr::serendipity{4, train}.name() == "serendipity@4");
}
