// SPDX-License-Identifier: MIT
#include <hybrec/neural/detail/expected_signs.hpp>

#include "../neural_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <span>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;
using neural::detail::expected_signs;

namespace {

/// The columns that numbers in the new order stand for.
template <class T>
std::set<unsigned> columns_of(const expected_signs<T>& expected,
                              std::span<const std::uint32_t> chosen) {
    std::set<unsigned> columns;
    for (const std::uint32_t at : chosen)
        columns.insert(expected.order()[at]);
    return columns;
}

} // namespace

TEST_CASE("neural::expected_signs finds groups of alike items, and the signs of their sums") {
    // Items of three kinds, in turn, as far apart as 10 is from their deviation of 1.
    constexpr std::size_t kinds = 3, columns = 5;
    matrix<float> items = random_matrix<float>(600, columns, 1);
    for (std::size_t item = 0; item < items.rows(); ++item)
        items(item, item % kinds) += 10;
    const std::array<double, columns> usual{-5, 3, -20, 3, -3};
    const expected_signs<float> expected{items, usual.data()};
    REQUIRE(expected.size() == expected_signs<float>::most_groups);
    std::vector<std::set<std::size_t>> kinds_of(expected.size());
    for (std::uint32_t item = 0; item < items.rows(); ++item)
        kinds_of[expected.group_of(item)].insert(item % kinds);
    for (std::size_t group = 0; group < expected.size(); ++group) {
        REQUIRE(kinds_of[group].size() == 1);
        const std::size_t kind = *kinds_of[group].begin();
        // Only column 0 depends on the kind: −5 + 10 is above zero, −20 + 10 never.
        const std::array<float, columns> signs{kind == 0 ? -1.0F : 1.0F, -1, 1, -1, 1};
        for (std::size_t at = 0; at < columns; ++at)
            CHECK(expected.signs(group)[at] == signs[expected.order()[at]]);
        CHECK(columns_of(expected, expected.special(group)) ==
              (kind == 0 ? std::set{0U} : std::set<unsigned>{}));
    }
    CHECK(columns_of(expected, expected.common()) == std::set{1U, 3U});
}

TEST_CASE("neural::expected_signs puts columns first whose signs are most often not as expected") {
    constexpr std::size_t columns = 6;
    const matrix<float> items = random_matrix<float>(1000, columns, 1);
    const std::array<float, columns> usual{3, 0.1F, -1, 2, -0.5F, 0};
    const expected_signs<float> expected{items, usual.data(), 1};
    CHECK(expected.size() == 1);
    CHECK(std::ranges::is_sorted(expected.surprises(), std::greater{}));
    for (std::size_t at = 0; at < columns; ++at) {
        const std::size_t column = expected.order()[at];
        std::size_t surprises = 0;
        for (std::size_t item = 0; item < items.rows(); ++item)
            surprises += (usual[column] + items(item, column) > 0) != (expected.signs(0)[at] < 0);
        CHECK(expected.surprises()[at] == static_cast<float>(surprises) / 1000);
    }
    CHECK(expected.order()[5] == 0);
    CHECK(expected.order()[4] == 3);
    CHECK(expected.order()[3] == 2);
    CHECK(expected.order()[2] == 4);
}

TEST_CASE("neural::expected_signs sorts numbers by group and else keeps their order") {
    matrix<float> items = random_matrix<float>(200, 4, 1);
    const std::array<float, 4> usual{};
    const expected_signs<float> expected{items, usual.data()};
    CHECK(expected.size() == 3); // of 64 items or more
    const std::vector<std::uint32_t> which{7, 150, 3, 3, 99, 12, 44, 45, 180, 20};
    std::array<std::uint32_t, 64> order{};
    expected.sort(which, order);
    const auto before = [&](std::uint32_t left, std::uint32_t right) {
        const std::size_t a = expected.group_of(which[left]), b = expected.group_of(which[right]);
        return a != b ? a < b : left < right;
    };
    std::vector<std::uint32_t> sorted{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    std::ranges::sort(sorted, before);
    CHECK(std::ranges::equal(std::span{order}.first(which.size()), sorted));
}

TEST_CASE("neural::expected_signs: few items are one group, none too") {
    const std::array<double, 3> usual{1, -1, 0};
    for (const std::size_t count : {0U, 1U, 5U}) {
        const expected_signs<double> expected{matrix<double>(count, 3), usual.data()};
        CHECK(expected.size() == 1);
        CHECK(columns_of(expected, expected.common()) == std::set{0U});
    }
    CHECK(expected_signs<double>{}.empty());
}
