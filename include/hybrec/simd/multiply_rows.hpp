// SPDX-License-Identifier: MIT
/// @file
/// Turns all vectors of a table by a square matrix.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/gemm.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace hybrec {

/// Replaces every row y of `table` by yᵀM; `matrix` has `table.stride()` rows and columns.
/// Complexity: O(rows·f²). Rows are independent of each other.
template <class Index, class Value>
void multiply_rows(factor_table<Index, Value>& table, const aligned_vector<Value>& matrix,
                   const execution& where = {}) {
    constexpr std::size_t group = 256;
    const std::size_t size = table.stride();
    thread_pool& pool = where.threads();
    std::vector<aligned_vector<Value>> copies(pool.size(), aligned_vector<Value>(group * size));
    pool.for_chunks(
        table.rows(), group,
        [&](std::size_t begin, std::size_t end, std::size_t worker) {
            Value* const copy = copies[worker].data();
            Value* const rows = table.data() + begin * size;
            std::copy_n(rows, (end - begin) * size, copy);
            simd::gemm(copy, size, matrix.data(), size, end - begin, size, size, rows, size);
        },
        where.stop);
}

} // namespace hybrec
