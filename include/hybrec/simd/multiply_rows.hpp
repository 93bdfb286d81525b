// SPDX-License-Identifier: MIT
/// @file
/// Turns all vectors of a table by a square matrix.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/gemm_digits.hpp>

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <type_traits>

namespace hybrec {

/// Replaces every row y of `table` by yᵀM; `matrix` has `table.stride` rows and columns.
/// Complexity: O(rows·f²). Rows are independent of each other.
template <class Value>
void multiply_rows(const table_rows<Value>& table, const aligned_vector<Value>& matrix,
                   const execution& where = {}) {
    constexpr std::size_t group = 256;
    const std::size_t size = table.stride;
    thread_pool& pool = where.threads();
    fixed_array<aligned_vector<Value>> copies(pool.size(), group * size);
    pool.for_chunks(
        table.count, group,
        [&](std::size_t begin, std::size_t end, std::size_t worker) {
            Value* const copy = copies[worker].data();
            Value* const rows = table.data + begin * size;
            std::copy_n(rows, (end - begin) * size, copy);
            simd::gemm(copy, size, matrix.data(), size, end - begin, size, size, rows, size);
        },
        where.stop);
}
template <class Index, class Value>
void multiply_rows(factor_table<Index, Value>& table, const aligned_vector<Value>& matrix,
                   const execution& where = {}) {
    multiply_rows(table.all_rows(), matrix, where);
}

/// The same for several tables by products of digits, where the processor has tiles for them: up to four times
/// as fast, with errors that are relative to the largest value of a row. Small values of a row lose digits.
/// @pre all tables have rows of the same size
template <class Value>
void multiply_rows_fast(std::initializer_list<table_rows<Value>> tables,
                        const aligned_vector<Value>& matrix, const execution& where = {}) {
    const std::size_t size = tables.begin()->stride;
    if constexpr (std::is_same_v<Value, float>)
        if (simd::has_processor_tiles() && size >= 64 && simd::digit_matrix::fits(size)) {
            const simd::digit_matrix by{matrix.data(), size, size, size};
            const aligned_vector<float> zeros(size);
            thread_pool& pool = where.threads();
            fixed_array<simd::digit_rows> memories(pool.size());
            constexpr std::size_t group = 64; // whose digits stay in cache
            for (const table_rows<float>& table : tables)
                pool.for_chunks(
                    table.count, group,
                    [&](std::size_t begin, std::size_t end, std::size_t worker) {
                        float* const rows = table.data + begin * size;
                        const auto row = [&](std::size_t at) {
                            return [from = rows + at * size](std::size_t k) {
                                return simd::load<float, simd::default_arch>(from + k);
                            };
                        };
                        simd::gemm_digits(
                            row, end - begin, size, by, [&](std::size_t) { return zeros.data(); },
                            rows, size, memories[worker]);
                    },
                    where.stop);
            return;
        }
    for (const table_rows<Value>& table : tables)
        multiply_rows(table, matrix, where);
}

} // namespace hybrec
