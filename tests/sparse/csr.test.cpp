// SPDX-License-Identifier: MIT
#include <hybrec/sparse/csr.hpp>

#include "../mentions.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <cstddef>
#include <iterator>
#include <limits>
#include <memory>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace hr = hybrec;
using hr::item_index;
using hr::user_index;
using hr::test::mentions;

static_assert(std::same_as<hr::user_items, hr::csr_matrix<user_index, item_index, float>>);
static_assert(!std::same_as<hr::user_items, hr::item_users>);
static_assert(std::convertible_to<hr::user_items, hr::user_items_view>);
static_assert(!std::convertible_to<hr::item_users, hr::user_items_view>);
static_assert(std::ranges::forward_range<hr::sparse_row<item_index, float>>);
static_assert(std::forward_iterator<hr::sparse_row<item_index, float>::iterator>);

namespace {

/// What `check_csr` says about arrays; empty if they are fine.
template <class Error>
std::string refusal(std::vector<hr::offset> offsets, const std::vector<int>& columns,
                    std::vector<float> values) {
    try {
        hr::check_csr(offsets, columns, values, 4);
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("csr_matrix") {
    const hr::user_items matrix({0, 2, 2, 3}, {item_index(0), item_index(3), item_index(1)},
                                {1, 2, 3}, 4);
    SUBCASE("shape and entries") {
        CHECK(matrix.row_count() == 3);
        CHECK(matrix.column_count() == 4);
        CHECK(matrix.entry_count() == 3);
        CHECK(matrix.row(user_index(0)).size() == 2);
        CHECK(matrix.row(user_index(1)).empty());
        std::vector<hr::weighted_item> entries;
        for (const auto entry : matrix.row(user_index(0)))
            entries.push_back(entry);
        CHECK(entries == std::vector<hr::weighted_item>{{item_index(0), 1}, {item_index(3), 2}});
        const auto [item, weight] = *matrix.row(user_index(2)).begin();
        CHECK(item == item_index(1));
        CHECK(weight == 3);
    }
    SUBCASE("a row knows its columns") {
        const auto row = matrix.row(user_index(0));
        CHECK(row.contains(item_index(0)));
        CHECK(row.contains(item_index(3)));
        CHECK(!row.contains(item_index(1)));
        CHECK(!matrix.row(user_index(1)).contains(item_index(0)));
        CHECK(row.columns().size() == row.values().size());
        auto at = row.begin();
        CHECK((*at++).value == 1);
        CHECK((*at).value == 2);
        CHECK(++at == row.end());
    }
    SUBCASE("values may be changed in place, copies are independent") {
        hr::user_items copy = matrix;
        CHECK(copy == matrix);
        copy.values()[1] = 9;
        CHECK(copy != matrix);
        CHECK(matrix.row(user_index(0)).values()[1] == 2);
        CHECK(copy.row(user_index(0)).values()[1] == 9);
    }
    SUBCASE("shape is part of equality") {
        CHECK(hr::user_items(2, 3) == hr::user_items(2, 3));
        CHECK(hr::user_items(2, 3) != hr::user_items(2, 4));
        CHECK(hr::user_items(2, 3) != hr::user_items(3, 3));
        CHECK(hr::user_items() == hr::user_items(0, 0));
        CHECK(hr::user_items(2, 3).row(user_index(1)).empty());
    }
    SUBCASE("a matrix that was moved from has no rows") {
        hr::user_items from = matrix;
        const hr::user_items to = std::move(from);
        CHECK(to == matrix);
        CHECK(from.row_count() == 0); // NOLINT(bugprone-use-after-move)
        from = matrix;
        CHECK(from == to);
    }
    SUBCASE("copies share the pattern, also of what is gone") {
        auto first = std::make_unique<hr::user_items>(matrix);
        const hr::user_items second = *first;
        CHECK(second.columns().data() == matrix.columns().data());
        CHECK(second.pattern() == matrix.pattern());
        const hr::user_items other{hr::trusted, {matrix.pattern(), {4, 5, 6}, 4}};
        CHECK(other.row(user_index(2)).value_at(item_index(1)) == 6);
        CHECK(other != matrix);
        const auto arrays = std::move(*first).release();
        CHECK(arrays.pattern == matrix.pattern());
        CHECK(first->row_count() == 0);
        CHECK(first->offsets().empty());
        CHECK(first->pattern() == nullptr);
        first.reset();
        CHECK(second == matrix);
        CHECK(hr::user_items(matrix.view()).pattern() != matrix.pattern());
    }
    SUBCASE("copies of views, and arrays that are handed over") {
        CHECK(hr::user_items(matrix.view()) == matrix);
        CHECK(hr::user_items(hr::user_items_view{}) == hr::user_items());
        hr::bulk_vector<item_index> columns = {item_index(0), item_index(3), item_index(1)};
        const item_index* const memory = columns.data();
        const hr::user_items taken{hr::trusted, {0, 2, 2, 3}, std::move(columns), {1, 2, 3}, 4};
        CHECK(taken == matrix);
        CHECK(taken.columns().data() == memory);
    }
    SUBCASE("refuses arrays that break an invariant") {
        CHECK_THROWS_AS(hr::user_items({0, 1}, {item_index(4)}, {1}, 4), hr::shape_error);
        CHECK_THROWS_AS(hr::user_items({0, 1}, {item_index(0)}, {1, 2}, 4), hr::shape_error);
        CHECK_THROWS_AS(hr::user_items({}, {}, {}, 4), hr::shape_error);
    }
}

TEST_CASE("csr_view") {
    const hr::user_items matrix({0, 1, 3}, {item_index(1), item_index(0), item_index(2)}, {5, 6, 7},
                                3);
    const hr::user_items_view view = matrix;
    CHECK(view.row_count() == 2);
    CHECK(view.column_count() == 3);
    CHECK(view.entry_count() == 3);
    CHECK(view.row(user_index(1)).values()[1] == 7);
    CHECK(view.values().data() == matrix.values().data()); // nothing is copied
    CHECK(view.view().offsets().size() == 3);
    CHECK(hr::user_items_view{}.row_count() == 0);
    CHECK(hr::user_items_view{}.entry_count() == 0);
}

TEST_CASE("check_csr") {
    const float infinity = std::numeric_limits<float>::infinity();
    CHECK(refusal<hr::error>({0, 2, 3}, {0, 3, 1}, {1, 2, 3}).empty());
    CHECK(refusal<hr::error>({0}, {}, {}).empty());

    CHECK(mentions(refusal<hr::shape_error>({1, 2}, {0, 1}, {1, 2}), "start at 0"));
    CHECK(mentions(refusal<hr::shape_error>({0, 1}, {0, 1}, {1, 2}), "number of columns, 2"));
    CHECK(mentions(refusal<hr::shape_error>({0, 2}, {0, 1}, {1}), "number of values, 1"));
    CHECK(mentions(refusal<hr::shape_error>({0, 2, 1, 3}, {0, 1, 2}, {1, 2, 3}), "row 1"));
    CHECK(mentions(refusal<hr::shape_error>({0, 9, 3}, {0, 1, 2}, {1, 2, 3}), "row 0"));
    CHECK(mentions(refusal<hr::shape_error>({0, 1, 2}, {0, 4}, {1, 2}), "row 1: column 4"));
    CHECK(mentions(refusal<hr::shape_error>({0, 1}, {-1}, {1}), "row 0"));
    CHECK(mentions(refusal<hr::shape_error>({0, 2}, {2, 1}, {1, 2}), "ascend"));
    CHECK(mentions(refusal<hr::shape_error>({0, 2}, {2, 2}, {1, 2}), "ascend"));
    CHECK(mentions(refusal<hr::data_error>({0, 1, 2}, {0, 3}, {1, infinity}), "row 1, column 3"));
    CHECK(mentions(refusal<hr::data_error>({0, 1}, {0}, {-infinity}), "-inf"));
    CHECK(mentions(refusal<hr::data_error>({0, 1}, {0}, {infinity - infinity}), "nan"));
}
