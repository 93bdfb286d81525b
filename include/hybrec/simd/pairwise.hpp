// SPDX-License-Identifier: MIT
/// @file
/// The two passes of a gradient step on a pair of vectors that a third one compares.
#pragma once

#include <hybrec/simd/batch.hpp>

#include <cassert>
#include <cstddef>

namespace hybrec::simd {

/// Σ left[i]·(first[i] − second[i]).
/// @pre pointers are multiples of 64 bytes, `size` is a multiple of `line<T>`.
template <class T, class Arch = default_arch>
[[nodiscard]] inline T dot_difference(const T* left, const T* first, const T* second,
                                      std::size_t size) noexcept {
    assert(size % line<T> == 0);
    constexpr std::size_t step = width<T, Arch>;
    auto total = broadcast<T, Arch>(T{0});
    for (std::size_t at = 0; at < size; at += step)
        total = multiply_add(load<T, Arch>(left + at),
                             load<T, Arch>(first + at) - load<T, Arch>(second + at), total);
    return sum(total);
}

/// With the old values on the right:
///     left = keep_left·left + step·(first − second),
///     first = keep·first + step·left,  second = keep·second − step·left.
/// One pass, so that each vector is loaded and stored once.
/// @pre as `dot_difference`; the three vectors do not overlap.
template <class T, class Arch = default_arch>
inline void pairwise_step(T* left, T* first, T* second, T step_size, T keep_left, T keep,
                          std::size_t size) noexcept {
    assert(size % line<T> == 0);
    constexpr std::size_t step = width<T, Arch>;
    const auto by = broadcast<T, Arch>(step_size);
    const auto left_factor = broadcast<T, Arch>(keep_left);
    const auto factor = broadcast<T, Arch>(keep);
    for (std::size_t at = 0; at < size; at += step) {
        const auto x = load<T, Arch>(left + at);
        const auto y = load<T, Arch>(first + at);
        const auto z = load<T, Arch>(second + at);
        multiply_add(by, y - z, left_factor * x).store_aligned(left + at);
        multiply_add(by, x, factor * y).store_aligned(first + at);
        subtract_product(by, x, factor * z).store_aligned(second + at);
    }
}

} // namespace hybrec::simd
