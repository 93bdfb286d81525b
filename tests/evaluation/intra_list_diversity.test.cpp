// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/intra_list_diversity.hpp>

#include "items.hpp"

#include <doctest/doctest.h>

#include <algorithm>

namespace hr = hybrec;

TEST_CASE("intra_list_diversity is one minus the mean likeness of all pairs") {
    const auto alike = [](hr::item_index left, hr::item_index right) noexcept {
        return 0.1 * std::min(left.value(), right.value());
    };
    const hr::intra_list_diversity judge{3, alike};
    static_assert(hr::ranking_metric<decltype(judge)>);
    CHECK(judge.name() == "intra_list_diversity@3");
    // Pairs (4, 1), (4, 2), (1, 2); item 9 is beyond the depth.
    CHECK(judge(toy::items({4, 1, 2, 9}), {}) == doctest::Approx(1 - 0.4 / 3));
    CHECK(judge(toy::items({5, 6}), {}) == doctest::Approx(0.5));
    CHECK(judge(toy::items({5}), {}) == 0);
    CHECK(judge({}, {}) == 0);
}
