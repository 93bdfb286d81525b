// SPDX-License-Identifier: MIT
/// @file
/// Adds a stretch of a row to a stretch of another.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hybrec::neural::detail {

/// to[i] += factor·from[i]. Vectors of whole cache lines, side by side, begin at one as well: then
/// registers do it. Both ways round alike.
template <class T>
inline void add_row(T factor, const T* from, T* to, std::size_t size) noexcept {
    const auto address =
        reinterpret_cast<std::uintptr_t>(from) | reinterpret_cast<std::uintptr_t>(to);
    if (size % simd::line<T> == 0 && address % table_alignment == 0)
        simd::axpy(factor, from, to, size);
    else
        for (std::size_t at = 0; at < size; ++at)
            to[at] = simd::multiply_add(factor, from[at], to[at]);
}

/// Σ left[i]·right[i], likewise.
template <class T>
[[nodiscard]] inline T dot_row(const T* left, const T* right, std::size_t size) noexcept {
    const auto address =
        reinterpret_cast<std::uintptr_t>(left) | reinterpret_cast<std::uintptr_t>(right);
    if (size % simd::line<T> == 0 && address % table_alignment == 0)
        return simd::dot(left, right, size);
    T total{0};
    for (std::size_t at = 0; at < size; ++at)
        total = simd::multiply_add(left[at], right[at], total);
    return total;
}

/// to[i] = from[i], likewise.
template <class T, class Arch = simd::default_arch>
inline void copy_row(const T* from, T* to, std::size_t size) noexcept {
    const auto address =
        reinterpret_cast<std::uintptr_t>(from) | reinterpret_cast<std::uintptr_t>(to);
    if (size % simd::line<T> == 0 && address % table_alignment == 0)
        for (std::size_t at = 0; at < size; at += simd::width<T, Arch>)
            simd::load<T, Arch>(from + at).store_aligned(to + at);
    else
        std::copy_n(from, size, to);
}

/// to[i] += factor·left[i] − factor·right[i], likewise.
template <class T, class Arch = simd::default_arch>
inline void add_difference(T factor, const T* left, const T* right, T* to,
                           std::size_t size) noexcept {
    const auto address = reinterpret_cast<std::uintptr_t>(left) |
                         reinterpret_cast<std::uintptr_t>(right) |
                         reinterpret_cast<std::uintptr_t>(to);
    if (size % simd::line<T> == 0 && address % table_alignment == 0) {
        const auto by = simd::broadcast<T, Arch>(factor);
        for (std::size_t at = 0; at < size; at += simd::width<T, Arch>)
            (simd::load<T, Arch>(to + at) +
             simd::subtract_product(by, simd::load<T, Arch>(right + at),
                                    by * simd::load<T, Arch>(left + at)))
                .store_aligned(to + at);
    } else {
        for (std::size_t at = 0; at < size; ++at)
            to[at] += simd::multiply_add(-factor, right[at], factor * left[at]);
    }
}

/// out[i] = left[i] + right[i] for rows of whole cache lines.
template <class T, class Arch = simd::default_arch>
inline void add_rows(const T* left, const T* right, T* out, std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += simd::width<T, Arch>)
        (simd::load<T, Arch>(left + at) + simd::load<T, Arch>(right + at)).store_aligned(out + at);
}

} // namespace hybrec::neural::detail
