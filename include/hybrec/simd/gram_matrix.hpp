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

/// YᵀY for all rows of a table, times `scale`: a symmetric matrix with `table.stride` rows and
/// columns. The same bits for any number of threads.
/// Complexity: O(rows · factors²).
template <class Value>
[[nodiscard]] aligned_vector<Value> gram_matrix(const table_rows<const Value>& table, Value scale,
                                                const execution& where = {}) {
    const std::size_t size = table.stride;
    thread_pool& pool = where.threads();
    // Chunks depend on the number of rows alone, so that the threads leave no trace in the result.
    const std::size_t chunk =
        std::max<std::size_t>(512, (table.count + gram_parts - 1) / gram_parts);
    const std::size_t parts = (table.count + chunk - 1) / chunk;
    bulk_vector<Value> sums(parts * size * size); // the upper triangle of each chunk
    pool.for_chunks(
        table.count, chunk,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            constexpr std::size_t depth = 128; // rows that stay in cache while all tiles pass
            Value* const part = sums.data() + begin / chunk * size * size;
            for (std::size_t row = begin; row < end; row += depth) {
                const auto rows = simd::panel_view<Value>::rows(table.data + row * size, size);
                const std::size_t count = std::min(depth, end - row);
                if (row == begin)
                    simd::syrk_upper<Value, simd::default_arch, simd::update::assign>(
                        rows, rows, count, part, size, size);
                else
                    simd::syrk_upper(rows, rows, count, part, size, size);
            }
        },
        where.stop);
    aligned_vector<Value> gram(size * size);
    if (where.stop.stop_requested()) // then some chunks have no sum
        return gram;
    constexpr std::size_t some = 16;
    pool.for_chunks(size, some, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t part = 0; part < parts; ++part)
            for (std::size_t i = begin; i < end; ++i)
                for (std::size_t j = i; j < size; ++j)
                    gram[i * size + j] += sums[(part * size + i) * size + j];
        for (std::size_t i = begin; i < end; ++i)
            for (std::size_t j = i; j < size; ++j)
                gram[i * size + j] *= scale;
    });
    pool.for_chunks(size, some, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t j = 0; j < end; ++j)
            for (std::size_t i = std::max(begin, j); i < end; ++i)
                gram[i * size + j] = gram[j * size + i];
    });
    return gram;
}
template <class Index, class Value>
[[nodiscard]] aligned_vector<Value> gram_matrix(const factor_table<Index, Value>& table,
                                                Value scale, const execution& where = {}) {
    return gram_matrix(table.all_rows(), scale, where);
}

} // namespace hybrec
