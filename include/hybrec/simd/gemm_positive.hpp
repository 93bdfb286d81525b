// SPDX-License-Identifier: MIT
/// @file
/// The product of the positive part of rows, of which much is zero.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/gemm_chosen.hpp>
#include <hybrec/simd/list_bits.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hybrec::simd {

/// Memory of `gemm_positive`, which is kept.
template <class T>
struct positive_rows {
    static constexpr std::size_t most = 8; ///< that are held at a time

    aligned_vector<T> values;             ///< max(x, 0)
    aligned_vector<std::uint32_t> chosen; ///< columns above zero, pair of rows after pair
};

namespace detail {

/// Writes max(x, 0) of two rows of `size` values, and lists the columns in which one is above zero.
template <class T, class Arch, class First, class Second>
[[nodiscard]] inline std::size_t list_positive(const First& first, const Second& second,
                                               std::size_t size, T* values,
                                               std::uint32_t* chosen) noexcept {
    const auto zero = broadcast<T, Arch>(T{0});
    std::size_t count = 0;
    for (std::size_t at = 0; at < size; at += width<T, Arch>) {
        const batch<T, Arch> x = first(at), y = second(at);
        xsimd::select(x > zero, x, zero).store_aligned(values + at);
        xsimd::select(y > zero, y, zero).store_aligned(values + size + at);
        count += list_bits<width<T, Arch>, Arch>(bits_of<Arch>(x > zero) | bits_of<Arch>(y > zero),
                                                 static_cast<std::uint32_t>(at), chosen + count);
    }
    return count;
}

} // namespace detail

/// target[i][j] += Σ_k max(x_ik, 0)·right[k][j] for `rows` rows i, where `row(i)(k)` is a register of
/// x_i from column k on; k goes to whole lines beyond `depth`, where x is zero or below.
///
/// Pair after pair of rows, the columns where one of them is above zero are multiplied; all, if these
/// are more than three quarters. The bits are those of `gemm`, whatever the other rows are.
/// @pre as `gemm`.
/// Complexity: O(rows · depth + |pairs' columns| · columns).
template <class T, class Arch = default_arch, class Row>
inline void gemm_positive(const Row& row, std::size_t rows, const T* right,
                          std::size_t right_stride, std::size_t depth, std::size_t columns,
                          T* target, std::size_t target_stride, positive_rows<T>& memory) {
    constexpr std::size_t most = positive_rows<T>::most, pairs = most / 2;
    const std::size_t size = padded_size<T>(depth), room = size + 16; // as `list_bits` asks for
    if (memory.values.size() < most * size || memory.chosen.size() < pairs * room) {
        memory.values.resize(most * size);
        memory.chosen.resize(pairs * room);
    }
    T* const values = memory.values.data();
    for (std::size_t begin = 0; begin < rows; begin += most) {
        const std::size_t end = std::min(rows, begin + most), used = (end - begin + 1) / 2;
        std::array<std::size_t, pairs> counts{};
        std::size_t total = 0;
        for (std::size_t pair = 0; pair < used; ++pair) {
            const std::size_t first = begin + 2 * pair;
            counts[pair] = detail::list_positive<T, Arch>(
                row(first), row(std::min(first + 1, end - 1)), size, values + 2 * pair * size,
                memory.chosen.data() + pair * room);
            total += counts[pair];
        }
        // Chosen rows of `right` are read for two rows only, and for `gemm` for all. Both cost the same
        // where two thirds are chosen (256 × 128) to four fifths (128 × 64, in the first-level cache).
        if (total > used * depth * 3 / 4)
            gemm<T, Arch, update::add>(values, size, right, right_stride, end - begin, depth,
                                       columns, target + begin * target_stride, target_stride);
        else
            for (std::size_t pair = 0; pair < used; ++pair) {
                const std::size_t first = begin + 2 * pair;
                gemm_chosen<T, Arch>(values + 2 * pair * size, size, right, right_stride,
                                     std::min<std::size_t>(2, end - first),
                                     {memory.chosen.data() + pair * room, counts[pair]}, columns,
                                     target + first * target_stride, target_stride);
            }
    }
}

} // namespace hybrec::simd
