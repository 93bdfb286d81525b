// SPDX-License-Identifier: MIT
#include <hybrec/sparse/foreign.hpp>

#include <doctest/doctest.h>

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <concepts>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace hr = hybrec;
using hr::item_index;
using hr::user_index;
using foreign = hr::foreign_csr<user_index, item_index, float>;

static_assert(hr::user_item_matrix<foreign>);
static_assert(std::convertible_to<foreign, hr::user_items_view>);
static_assert(std::constructible_from<foreign, std::span<const int>, std::span<const int>,
                                      std::span<const float>, std::size_t>);
static_assert(!std::constructible_from<foreign, std::span<const int>, std::span<const std::int64_t>,
                                       std::span<const float>, std::size_t>); // would be a copy
static_assert(!std::constructible_from<foreign, std::span<const int>, std::span<const int>,
                                       std::span<const double>, std::size_t>);

namespace {

template <class Offset, class Column>
foreign view(const std::vector<Offset>& offsets, const std::vector<Column>& columns,
             const std::vector<float>& values, std::size_t column_count = 3) {
    return {std::span<const Offset>{offsets}, std::span<const Column>{columns},
            std::span<const float>{values}, column_count};
}

} // namespace

TEST_CASE("foreign_csr") {
    const std::vector<int> offsets = {0, 2, 2, 3};
    const std::vector<int> columns = {0, 2, 1};
    const std::vector<float> values = {1, 2, 3};
    const hr::user_items expected({0, 2, 2, 3}, {item_index(0), item_index(2), item_index(1)},
                                  {1, 2, 3}, 3);
    SUBCASE("views signed and unsigned arrays of any offset type in place") {
        const foreign matrix = view(offsets, columns, values);
        CHECK(matrix.row_count() == 3);
        CHECK(matrix.column_count() == 3);
        CHECK(matrix.entry_count() == 3);
        CHECK(matrix.view().values().data() == values.data());
        CHECK(static_cast<const void*>(matrix.view().columns().data()) == columns.data());
        CHECK(matrix.row(user_index(0)).contains(item_index(2)));
        CHECK(hr::transpose(matrix.view()) == hr::transpose(expected));
        const std::vector<std::uint32_t> unsigned_columns = {0, 2, 1};
        const std::vector<std::int64_t> wide_offsets = {0, 2, 2, 3};
        CHECK(hr::transpose(view(wide_offsets, unsigned_columns, values).view()) ==
              hr::transpose(expected));
    }
    SUBCASE("keeps pointing at the arrays") {
        std::vector<float> changing = values;
        const foreign matrix = view(offsets, columns, changing);
        changing[2] = 9;
        CHECK(matrix.row(user_index(2)).values()[0] == 9);
    }
    SUBCASE("no rows, no entries") {
        const foreign none = view(std::vector<int>{0}, std::vector<int>{}, {});
        CHECK(none.row_count() == 0);
        CHECK(none.entry_count() == 0);
    }
    SUBCASE("refuses arrays that break an invariant") {
        using ints = std::vector<int>;
        CHECK_THROWS_AS(view(ints{}, ints{}, {}), hr::shape_error);
        CHECK_THROWS_AS(view(ints{0, 3}, ints{0, 1}, {1, 1}), hr::shape_error);
        CHECK_THROWS_AS(view(ints{0, 2, -1, 2}, ints{0, 1}, {1, 1}), hr::shape_error);
        CHECK_THROWS_AS(view(ints{0, 2}, ints{1, 0}, {1, 1}), hr::shape_error);
        CHECK_THROWS_AS(view(ints{0, 1}, ints{3}, {1}), hr::shape_error);
        CHECK_THROWS_AS(view(ints{0, 1}, ints{-1}, {1}), hr::shape_error);
        CHECK_THROWS_AS(view(ints{0, 1}, ints{0}, {std::numeric_limits<float>::infinity()}),
                        hr::data_error);
    }
}
