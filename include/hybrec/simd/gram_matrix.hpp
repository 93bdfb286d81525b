// SPDX-License-Identifier: MIT
/// @file
/// The Gram matrix of a table of vectors.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/panel.hpp>
#include <hybrec/simd/syrk.hpp>

#include <algorithm>
#include <cstddef>

namespace hybrec {

/// How many partial sums `gram_matrix` holds at most; each is a matrix.
inline constexpr std::size_t gram_parts = 16;

/// YᵀY for all rows of a table, times `scale`: a symmetric matrix with `table.stride()` rows and
/// columns. The same bits for any number of threads.
/// Complexity: O(rows · factors²).
template <class Index, class Value>
[[nodiscard]] aligned_vector<Value> gram_matrix(const factor_table<Index, Value>& table,
                                                Value scale, const execution& where = {}) {
    const std::size_t size = table.stride();
    // Chunks depend on the number of rows alone, so that the threads leave no trace in the result.
    const std::size_t chunk =
        std::max<std::size_t>(512, (table.rows() + gram_parts - 1) / gram_parts);
    auto gram = parallel_reduce(
        where.threads(), table.rows(), chunk, aligned_vector<Value>(size * size),
        [&](std::size_t begin, std::size_t end) {
            constexpr std::size_t depth = 128; // rows that stay in cache while all tiles pass
            aligned_vector<Value> part(size * size);
            for (std::size_t row = begin; row < end; row += depth) {
                const auto rows = simd::panel_view<Value>::rows(table.data() + row * size, size);
                simd::syrk_upper(rows, rows, std::min(depth, end - row), part.data(), size, size);
            }
            return part;
        },
        [](aligned_vector<Value>& total, const aligned_vector<Value>& part) {
            for (std::size_t at = 0; at < total.size(); ++at)
                total[at] += part[at];
        },
        where.stop);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = i; j < size; ++j) {
            gram[i * size + j] *= scale;
            gram[j * size + i] = gram[i * size + j];
        }
    return gram;
}

} // namespace hybrec
