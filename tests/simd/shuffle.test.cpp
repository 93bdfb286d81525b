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
