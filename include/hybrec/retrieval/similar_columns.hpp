// SPDX-License-Identifier: MIT
/// @file
/// The most similar columns of every column of a sparse matrix, by products of columns.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/detail/similarity_search.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hybrec {

/// A likeness of two columns x and y that follows from x·y, ‖x‖² and ‖y‖² alone. With
/// `left(‖x‖²)` and `right(‖y‖²)` computed once, `measure(x·y, left, right)` is how similar y is to
/// x, for numbers and for registers alike: written with operators and `simd::multiply_add`, it gives
/// the same bits. `binary` says that all entries count as 1. Models: `cosine`, `jaccard`.
template <class Measure>
concept column_measure = requires(const Measure& measure, double squares, float value,
                                  simd::batch<float> values) {
    { Measure::binary } -> std::convertible_to<bool>;
    { measure.left(squares) } -> std::same_as<float>;
    { measure.right(squares) } -> std::same_as<float>;
    { measure(value, value, value) } -> std::same_as<float>;
    { measure(values, values, values) } -> std::same_as<simd::batch<float>>;
};

/// The `count` columns that are most similar to each column, without itself: row x of the result
/// holds how similar y is to x, for the first y in the order of `ranks_before`. Only similarities
/// above 0 (at least the least normal number) count, so a row may be shorter.
///
/// Dot products add up in float: rows that are much fuller than others first, then the rest, both in
/// their order. The result does not depend on threads or the width of registers. Complexity: half the sum of the squared row lengths, and columns² / 2
/// comparisons at most. Memory: `similar_columns_bytes`.
/// @param phase what the progress reports say is being done
/// @throws cancelled.
template <class Row, class Column, column_measure Measure, progress_observer Progress = no_progress,
          class Arch = simd::default_arch>
[[nodiscard]] csr_matrix<Column, Column, float>
similar_columns(const csr_view<Row, Column, float>& matrix, const Measure& measure,
                std::size_t count, std::string_view phase = "similarities",
                Progress&& progress = {}, const execution& where = {}) {
    count = std::min(count, std::max<std::size_t>(1, matrix.column_count()) - 1);
    const auto found = [&]<class Word>(Word) {
        detail::similarity_search<Column, Word, Measure, Arch> search{matrix, measure, count,
                                                                      where};
        return search.run(phase, progress, where);
    };
    return detail::fits_short_entries(matrix, Measure::binary) ? found(std::uint32_t{})
                                                               : found(std::uint64_t{});
}

/// What `similar_columns` holds at its peak beside the matrix, its result included: about so much,
/// or less where values are short (whole numbers up to 256 are), or rows full.
[[nodiscard]] inline std::size_t similar_columns_bytes(std::size_t rows, std::size_t columns,
                                                       std::size_t entries, std::size_t count,
                                                       std::size_t threads) noexcept {
    constexpr std::size_t word = sizeof(std::uint32_t);
    count = std::min(count, columns);
    const std::size_t by_rank = entries * 3 * word + rows * 2 * word;
    const std::size_t worker = rows * word + 2 * columns * word +
                               64 * (std::min<std::size_t>(columns, 16384) + 16) * word +
                               256 * (64 + 512 + 2 * 16) * word;
    // The first columns of all are offered to whom they have a row in common with.
    const std::size_t met = std::min(columns, entries / std::max<std::size_t>(1, columns) *
                                                  entries / std::max<std::size_t>(1, rows));
    const std::size_t offers = 128 * met * 3 * word;
    const std::size_t kept = columns * (4 * count * word + 48);
    const std::size_t result = columns * (2 * count * word + sizeof(offset));
    return kept + std::max(by_rank + threads * (worker + offers), result);
}

} // namespace hybrec
