// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/similar_columns.hpp>

#include <hybrec/core/random.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stop_token>
#include <vector>

using namespace hybrec;

namespace {

/// x·y / (‖x‖²·‖y‖): not symmetric, so that no two roles can be mixed up.
struct uneven {
    static constexpr bool binary = false;
    [[nodiscard]] static float left(double squares) { return static_cast<float>(squares); }
    [[nodiscard]] static float right(double squares) {
        return static_cast<float>(std::sqrt(squares));
    }
    template <class T>
    [[nodiscard]] T operator()(const T& product, const T& left, const T& right) const {
        return product / (left * right);
    }
};
/// The number of common rows, whatever the values.
struct overlap {
    static constexpr bool binary = true;
    [[nodiscard]] static float left(double) { return 1; }
    [[nodiscard]] static float right(double) { return 1; }
    template <class T>
    [[nodiscard]] T operator()(const T& product, const T&, const T&) const {
        return product;
    }
};
static_assert(column_measure<uneven> && column_measure<overlap>);
static_assert(!column_measure<int>);

/// Skewed columns; whole values, some negative, so that products are exact. Row 0 and the column
/// in the middle are empty.
user_items random_matrix(std::size_t rows, std::size_t columns, std::uint64_t density) {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t row = 1; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column) {
            const std::uint64_t draw = counter_random{5, row}.bits(column);
            if (column != columns / 2 && draw % 100 < density * (1 + column % 4))
                entries.add(user_index(row), item_index(column),
                            static_cast<float>((draw >> 32) % 6) - 1);
        }
    return build_csr<user_index, item_index, float>(entries,
                                                    {.row_count = rows, .column_count = columns});
}

template <class Measure>
csr_matrix<item_index, item_index, float> by_definition(const user_items& matrix,
                                                        const Measure& measure, std::size_t count) {
    const std::size_t columns = matrix.column_count();
    std::vector<std::vector<double>> dense(columns, std::vector<double>(matrix.row_count()));
    for (std::size_t row = 0; row < matrix.row_count(); ++row)
        for (const auto [column, value] : matrix.row(user_index(row)))
            dense[column.value()][row] = Measure::binary ? 1.0 : static_cast<double>(value);
    const auto product = [&](std::size_t x, std::size_t y) {
        double sum = 0;
        for (std::size_t row = 0; row < matrix.row_count(); ++row)
            sum += dense[x][row] * dense[y][row];
        return sum;
    };
    coo_matrix<item_index, item_index, float> result;
    for (std::size_t x = 0; x < columns; ++x) {
        ranking<item_index> all;
        for (std::size_t y = 0; y < columns; ++y) {
            const float score = measure(static_cast<float>(product(x, y)),
                                        measure.left(product(x, x)), measure.right(product(y, y)));
            if (x != y && score > 0)
                all.push_back({item_index(y), score});
        }
        std::sort(all.begin(), all.end(), ranks_before<item_index, float>);
        for (std::size_t at = 0; at < std::min(count, all.size()); ++at)
            result.add(item_index(x), all[at].index, all[at].score);
    }
    return build_csr<item_index, item_index, float>(
        result, {.row_count = columns, .column_count = columns});
}

} // namespace

TEST_CASE("similar_columns finds what the definition says") {
    // Sparse ones take the way by terms, dense ones that by registers; 400 columns take rounds.
    for (const std::size_t columns : {1U, 2U, 5U, 17U, 65U, 400U})
        for (const std::uint64_t density : {1U, 15U}) {
            const user_items matrix = random_matrix(30, columns, density);
            for (const std::size_t count : {1U, 3U, 40U, 1000U}) {
                CAPTURE(columns);
                CAPTURE(density);
                CAPTURE(count);
                CHECK(similar_columns(matrix.view(), uneven{}, count) ==
                      by_definition(matrix, uneven{}, count));
                CHECK(similar_columns(matrix.view(), overlap{}, count) ==
                      by_definition(matrix, overlap{}, count));
            }
        }
}

TEST_CASE("similar_columns finds it in rows that are full, and with values of many digits") {
    // The fullest rows come first, their popular columns in full: several panels of rows and
    // columns, parts of rows, rows without. 257 has more digits than short entries hold.
    for (const float odd : {1.0F, 257.0F}) {
        coo_matrix<user_index, item_index, float> entries;
        constexpr std::size_t columns = 700;
        for (std::size_t row = 0; row < 700; ++row)
            for (std::size_t column = 0; column < columns; ++column) {
                const std::uint64_t draw = counter_random{6, row}.bits(column);
                if (draw % 1000 < 900 * (row % 7) * (columns - column) / (6 * columns))
                    entries.add(user_index(row), item_index(column * 3 % columns),
                                row == 5 ? odd : static_cast<float>((draw >> 32) % 6) - 1);
            }
        const auto matrix = build_csr<user_index, item_index, float>(
            entries, {.row_count = 700, .column_count = columns});
        CHECK(similar_columns(matrix.view(), uneven{}, 30) == by_definition(matrix, uneven{}, 30));
        CHECK(similar_columns(matrix.view(), overlap{}, 30) ==
              by_definition(matrix, overlap{}, 30));
    }
}

TEST_CASE("similar_columns of nothing, and of columns that are all alike") {
    CHECK(similar_columns(user_items{4, 3}.view(), uneven{}, 2).entry_count() == 0);
    CHECK(similar_columns(user_items{}.view(), uneven{}, 2).row_count() == 0);
    const user_items same{
        {0, 4}, {item_index{0}, item_index{1}, item_index{2}, item_index{3}}, {2, 2, 2, 2}, 4};
    // Of equal ones the first.
    const auto found = similar_columns(same.view(), overlap{}, 2);
    const std::vector<item_index> expected{item_index{1}, item_index{2}, item_index{0},
                                           item_index{2}, item_index{0}, item_index{1},
                                           item_index{0}, item_index{1}};
    CHECK(std::equal(found.columns().begin(), found.columns().end(), expected.begin(),
                     expected.end()));
}

TEST_CASE("similar_columns gives the same bits for any number of threads") {
    for (const std::uint64_t density : {4U, 20U}) { // few rows in full, and many
        user_items matrix = random_matrix(300, 700, density);
        for (std::size_t at = 0; at < matrix.entry_count(); ++at) // sums that round
            matrix.values()[at] = static_cast<float>(counter_random{8}.uniform(at));
        thread_pool one{1};
        const auto expected =
            similar_columns(matrix.view(), uneven{}, 7, "", no_progress{}, {.pool = &one});
        for (const std::size_t threads : {2U, 3U}) {
            thread_pool pool{threads};
            CHECK(similar_columns(matrix.view(), uneven{}, 7, "", no_progress{}, {.pool = &pool}) ==
                  expected);
        }
    }
}

TEST_CASE("similar_columns reports its steps, and stops") {
    const user_items matrix = random_matrix(20, 300, 5);
    std::vector<progress_event> events;
    thread_pool one{1};
    (void)similar_columns(matrix.view(), uneven{}, 3, "looking",
                          [&](const progress_event& event) { events.push_back(event); },
                          {.pool = &one});
    REQUIRE(events.size() == 4); // 300 columns, 128 a round
    CHECK(events.front().phase == "looking");
    CHECK(events.front().step == 0);
    CHECK(events.back().step == events.back().steps);
    std::stop_source source;
    source.request_stop();
    CHECK_THROWS_AS((void)similar_columns(matrix.view(), uneven{}, 3, "", no_progress{},
                                          {.stop = source.get_token()}),
                    cancelled);
}

TEST_CASE("similar_columns_bytes grows with what is asked for") {
    // By rank: 12 bytes an entry, and offers: 12 bytes of 128 columns to as many as meet them, of
    // which one has 20 · 10 entries in its rows, so all.
    const std::size_t base = similar_columns_bytes(100, 50, 1000, 10, 1);
    CHECK(similar_columns_bytes(100, 50, 2000, 10, 1) == base + 12'000);
    CHECK(similar_columns_bytes(100, 50, 1000, 11, 1) == base + 50 * 16);
    CHECK(similar_columns_bytes(100, 50, 1000, 10, 2) ==
          base + 100 * 4 + 50 * 8 + 64 * 66 * 4 + 256 * 608 * 4 + 128 * 50 * 12);
    CHECK(similar_columns_bytes(100, 50, 1000, 1000, 1) ==
          similar_columns_bytes(100, 50, 1000, 50, 1));
    // Without entries to speak of, the peak comes with the result.
    CHECK(similar_columns_bytes(1, 1'000'000, 2, 1000, 1) ==
          std::size_t{1'000'000} * (16'000 + 48 + 8'008));
}
