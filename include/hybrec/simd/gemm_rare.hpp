// SPDX-License-Identifier: MIT
/// @file
/// The product of the positive part of a sum of two rows, of which nearly all is zero.
#pragma once

#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/bits_above.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hybrec::simd {

/// One of two rows that are added: what the product is added to, the row's part of the left factor, and a
/// byte for each of its values.
template <class T>
struct rare_row {
    const T* start;
    const T* values;
    const std::uint8_t* bytes;
};

namespace detail {

/// Calls `term(k, max(x_k + y_k, 0))` for all k with bytes of x above those of y, and with zeros until there
/// are `usual` terms: it is wrong guesses of their number that take time.
template <class T, class Arch, class Term>
inline void for_each_rare(const rare_row<T>& x, const rare_row<T>& y, std::size_t depth,
                          const Term& term) noexcept {
    constexpr std::size_t usual = 3, word = 64;
    const auto value = [&](std::size_t k) { return std::max(x.values[k] + y.values[k], T{0}); };
    for (std::size_t begin = 0; begin < depth; begin += word) {
        std::uint64_t bits = bits_above<Arch>(x.bytes + begin, y.bytes + begin);
        for (std::size_t at = 0; at < usual && begin == 0; ++at, bits &= bits - 1) {
            const std::size_t k = bits != 0 ? static_cast<std::size_t>(std::countr_zero(bits)) : 0;
            term(k, bits != 0 ? value(k) : T{0});
        }
        for (; bits != 0; bits &= bits - 1) {
            const std::size_t k = begin + static_cast<std::size_t>(std::countr_zero(bits));
            term(k, value(k));
        }
    }
}

/// For as many registers of columns as there are `Part`. @param each each(term) calls term(k, y_k)
template <class T, class Arch, class Each, std::size_t... Part>
inline void multiply_rare(const T* x, const T* y, const Each& each, const T* right,
                          std::size_t right_stride, T* target,
                          std::index_sequence<Part...>) noexcept {
    constexpr std::size_t step = width<T, Arch>;
    batch<T, Arch> sums[] = {load<T, Arch>(x + Part * step) + load<T, Arch>(y + Part * step)...};
    each([&](std::size_t k, T value) {
        const T* const source = right + k * right_stride;
        const auto by = broadcast<T, Arch>(value);
        ((sums[Part] = multiply_add(by, load<T, Arch>(source + Part * step), sums[Part])), ...);
    });
    (sums[Part].store_aligned(target + Part * step), ...);
}

} // namespace detail

/// target[j] = x.start[j] + y.start[j] + Σ_k max(x_k + y_k, 0)·right[k][j] over the k where the byte of x is
/// above that of y. For those that are few: others are not looked at. @param depth a multiple of 64
/// @pre starts, bytes, `right` and `target` are multiples of 64 bytes, `columns` and the stride multiples
///      of `line<T>`; `right` is finite and has a row for every k whose byte may be above.
/// Complexity: O(depth / 64 + few · columns).
template <class T, class Arch = default_arch>
inline void gemm_rare(const rare_row<T>& x, const rare_row<T>& y, std::size_t depth, const T* right,
                      std::size_t right_stride, std::size_t columns, T* target) noexcept {
    assert(depth % 64 == 0 && columns % line<T> == 0);
    constexpr std::size_t step = width<T, Arch>;
    constexpr std::size_t most = step * sizeof(T) == 64 ? 16 : 8; // of 32 registers, or of 16
    const auto each = [&](const auto& term) { detail::for_each_rare<T, Arch>(x, y, depth, term); };
    std::size_t at = 0;
    const auto stripe = [&]<std::size_t Parts>(std::integral_constant<std::size_t, Parts>) {
        for (; at + Parts * step <= columns; at += Parts * step)
            detail::multiply_rare<T, Arch>(x.start + at, y.start + at, each, right + at,
                                           right_stride, target + at,
                                           std::make_index_sequence<Parts>{});
    };
    stripe(std::integral_constant<std::size_t, most>{});
    stripe(std::integral_constant<std::size_t, most / 2>{});
    stripe(std::integral_constant<std::size_t, 1>{});
}

} // namespace hybrec::simd
