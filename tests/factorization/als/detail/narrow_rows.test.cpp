// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/detail/narrow_rows.hpp>

#include <hybrec/core/random.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

namespace {

/// A few entries per row, at columns up to the last one.
user_items random_matrix(std::size_t rows, std::size_t columns, std::size_t values) {
    coo_matrix<user_index, item_index, float> entries{rows, columns};
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t k = 0; k < row % 7; ++k) { // row 0, 7, … are empty
            const counter_random random{3, row};
            const auto column =
                static_cast<std::size_t>(random.uniform(k) * static_cast<double>(columns));
            entries.add(user_index(row), item_index(column),
                        static_cast<float>(1 + (row * 7 + k) % values));
        }
    entries.add(user_index(rows - 1), item_index(columns - 1), 1);
    return build_csr(entries, {.repeated = duplicates::last});
}

template <class Matrix, class Row, class Column>
void check_equal(const Matrix& narrow, const csr_matrix<Row, Column, float>& expected) {
    REQUIRE(narrow.row_count() == expected.row_count());
    REQUIRE(narrow.column_count() == expected.column_count());
    REQUIRE(narrow.entry_count() == expected.entry_count());
    detail::row_buffer<Column, float> room;
    for (std::size_t row = 0; row < expected.row_count(); ++row) {
        const auto found = detail::entries_of(narrow, Row(row), room);
        const auto wanted = expected.row(Row(row));
        REQUIRE(std::vector<Column>(found.columns().begin(), found.columns().end()) ==
                std::vector<Column>(wanted.columns().begin(), wanted.columns().end()));
        REQUIRE(std::vector<float>(found.values().begin(), found.values().end()) ==
                std::vector<float>(wanted.values().begin(), wanted.values().end()));
    }
}

} // namespace

TEST_CASE("narrow_rows hold the same entries in two, three or four bytes an index") {
    for (const std::size_t columns : {std::size_t{1}, std::size_t{300}, std::size_t{65536},
                                      std::size_t{65537}, (std::size_t{1} << 24) + 5})
        for (const std::size_t values : {5u, 100000u}) { // with codes, and as they are
            CAPTURE(columns);
            CAPTURE(values);
            const user_items matrix = random_matrix(800, columns, values);
            user_items given = matrix;
            const auto narrow = detail::make_narrow(std::move(given), {});
            CHECK(narrow.codes().possible() == (values == 5));
            check_equal(narrow, matrix);
            if (columns > std::size_t{1} << 20)
                continue; // the transpose would have 16 million rows
            const auto expected = transpose(matrix.view());
            for (const std::size_t threads : {1u, 2u, 3u}) {
                thread_pool pool{threads};
                check_equal(detail::transpose_narrow(matrix.view(), {.pool = &pool}), expected);
                check_equal(detail::transpose_narrow(narrow, {.pool = &pool}), expected);
            }
        }
}

TEST_CASE("narrow_rows of an empty matrix") {
    const user_items empty(4, 3);
    const auto transposed = detail::transpose_narrow(empty.view(), {});
    CHECK(transposed.row_count() == 3);
    CHECK(transposed.entry_count() == 0);
    user_items given = empty;
    CHECK(detail::make_narrow(std::move(given), {}).row_count() == 4);
}
