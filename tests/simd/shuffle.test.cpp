// SPDX-License-Identifier: MIT
#include <hybrec/simd/shuffle.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace hybrec;

namespace {

/// A square block whose value at (row, column) is 100·row + column.
template <class T>
simd::square<T> numbered_block() {
    constexpr std::size_t size = simd::width<T>;
    alignas(table_alignment) std::array<T, size> values;
    simd::square<T> rows;
    for (std::size_t row = 0; row < size; ++row) {
        for (std::size_t column = 0; column < size; ++column)
            values[column] = static_cast<T>(100 * row + column);
        rows[row] = simd::load<T, simd::default_arch>(values.data());
    }
    return rows;
}

} // namespace

TEST_CASE_TEMPLATE("simd::transpose exchanges rows and columns", T, float, double) {
    constexpr std::size_t size = simd::width<T>;
    auto rows = numbered_block<T>();
    simd::transpose<T, simd::default_arch>(rows);
    alignas(table_alignment) std::array<T, size> values;
    for (std::size_t row = 0; row < size; ++row) {
        rows[row].store_aligned(values.data());
        for (std::size_t column = 0; column < size; ++column)
            CHECK(values[column] == static_cast<T>(100 * column + row));
    }
}

TEST_CASE_TEMPLATE("simd::sums adds up each register in its place", T, float, double) {
    constexpr std::size_t size = simd::width<T>;
    alignas(table_alignment) std::array<T, size> values;
    simd::sums<T, simd::default_arch>(numbered_block<T>()).store_aligned(values.data());
    for (std::size_t row = 0; row < size; ++row)
        CHECK(values[row] == static_cast<T>(100 * row * size + size * (size - 1) / 2));
}

TEST_CASE("simd::transpose_lanes exchanges rows and columns within 16 bytes") {
    constexpr std::size_t size = simd::width<float>;
    alignas(table_alignment) std::array<std::array<float, size>, 4> from, to;
    for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t at = 0; at < size; ++at)
            from[row][at] = static_cast<float>(100 * row + at);
    const auto load = [&](std::size_t row) {
        return simd::load<float, simd::default_arch>(from[row].data());
    };
    const auto turned =
        simd::transpose_lanes<simd::default_arch>(load(0), load(1), load(2), load(3));
    for (std::size_t row = 0; row < 4; ++row)
        turned[row].store_aligned(to[row].data());
    for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t at = 0; at < size; ++at)
            CHECK(to[row][at] == from[at % 4][at / 4 * 4 + row]);
}

TEST_CASE_TEMPLATE("simd::load_lanes, spread and lane_sums treat every 16 bytes alike", T, float,
                   double) {
    constexpr std::size_t size = simd::width<T>, lane = 16 / sizeof(T);
    alignas(table_alignment) std::array<T, size> values;
    alignas(16) std::array<T, lane> first;
    for (std::size_t at = 0; at < lane; ++at)
        first[at] = static_cast<T>(at + 1);
    simd::load_lanes<T>(first.data()).store_aligned(values.data());
    for (std::size_t at = 0; at < size; ++at)
        CHECK(values[at] == first[at % lane]);

    const auto rows = numbered_block<T>();
    simd::spread<1, T, simd::default_arch>(rows[1]).store_aligned(values.data());
    for (std::size_t at = 0; at < size; ++at)
        CHECK(values[at] == static_cast<T>(100 + at - at % lane + 1));

    simd::lane_sums<T, simd::default_arch>(rows.data()).store_aligned(values.data());
    for (std::size_t at = 0; at < size; ++at)
        CHECK(values[at] == static_cast<T>(100 * (at % lane) * size + size * (size - 1) / 2));
}
