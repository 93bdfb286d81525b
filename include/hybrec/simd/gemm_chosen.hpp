// SPDX-License-Identifier: MIT
/// @file
/// A product of few rows in which most terms are zero.
#pragma once

#include <hybrec/simd/batch.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace hybrec::simd {

namespace detail {

/// `Height` rows and as many registers of columns as there are `Part`.
template <class T, class Arch, std::size_t Height, std::size_t... Part>
inline void multiply_chosen(const T* left, std::size_t left_stride, const T* right,
                            std::size_t right_stride, std::span<const std::uint32_t> chosen,
                            T* target, std::size_t target_stride,
                            std::index_sequence<Part...>) noexcept {
    using vector = batch<T, Arch>;
    constexpr std::size_t step = width<T, Arch>, last = Height - 1;
    vector first[] = {load<T, Arch>(target + Part * step)...};
    [[maybe_unused]] vector second[] = {
        load<T, Arch>(target + last * target_stride + Part * step)...};
    for (const std::uint32_t k : chosen) {
        const T* const source = right + k * right_stride;
        const vector shared[] = {load<T, Arch>(source + Part * step)...};
        const auto by = broadcast<T, Arch>(left[k]);
        ((first[Part] = multiply_add(by, shared[Part], first[Part])), ...);
        if constexpr (Height == 2) {
            const auto other = broadcast<T, Arch>(left[left_stride + k]);
            ((second[Part] = multiply_add(other, shared[Part], second[Part])), ...);
        }
    }
    (first[Part].store_aligned(target + Part * step), ...);
    if constexpr (Height == 2)
        (second[Part].store_aligned(target + target_stride + Part * step), ...);
}

template <class T, class Arch, std::size_t Height>
inline void multiply_chosen(const T* left, std::size_t left_stride, const T* right,
                            std::size_t right_stride, std::span<const std::uint32_t> chosen,
                            std::size_t columns, T* target, std::size_t target_stride) noexcept {
    constexpr std::size_t step = width<T, Arch>;
    constexpr std::size_t most = step * sizeof(T) == 64 ? 8 : 4; // of 32 registers, or of 16
    std::size_t at = 0;
    const auto stripe = [&]<std::size_t Parts>(std::integral_constant<std::size_t, Parts>) {
        for (; at + Parts * step <= columns; at += Parts * step)
            multiply_chosen<T, Arch, Height>(left, left_stride, right + at, right_stride, chosen,
                                             target + at, target_stride,
                                             std::make_index_sequence<Parts>{});
    };
    stripe(std::integral_constant<std::size_t, most>{});
    stripe(std::integral_constant<std::size_t, most / 2>{});
    stripe(std::integral_constant<std::size_t, 1>{});
}

} // namespace detail

/// target[i][j] += Σ left[i][k]·right[k][j] over the chosen k, in their order, for one or two rows i.
///
/// For rows whose other values are zero: each value of the target is then that of `gemm`, whatever
/// else is chosen. Two rows share what is read of `right`, which may come from the second-level cache.
/// @pre `right` and `target` are multiples of 64 bytes, `columns` and their strides multiples of
///      `line<T>`; `rows` is 1 or 2.
/// Complexity: O(rows · |chosen| · columns).
template <class T, class Arch = default_arch>
inline void gemm_chosen(const T* left, std::size_t left_stride, const T* right,
                        std::size_t right_stride, std::size_t rows,
                        std::span<const std::uint32_t> chosen, std::size_t columns, T* target,
                        std::size_t target_stride) noexcept {
    assert((rows == 1 || rows == 2) && columns % line<T> == 0);
    if (rows == 2)
        detail::multiply_chosen<T, Arch, 2>(left, left_stride, right, right_stride, chosen, columns,
                                            target, target_stride);
    else
        detail::multiply_chosen<T, Arch, 1>(left, left_stride, right, right_stride, chosen, columns,
                                            target, target_stride);
}

} // namespace hybrec::simd
