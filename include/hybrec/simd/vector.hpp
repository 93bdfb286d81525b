// SPDX-License-Identifier: MIT
/// @file
/// Operations on padded vectors: dot products and scaled sums.
///
/// All pointers are multiples of 64 bytes and all sizes multiples of `line<T>`; see `factor_table`.
#pragma once

#include <hybrec/simd/batch.hpp>

#include <cassert>
#include <cstddef>

namespace hybrec::simd {

/// Σ left[i]·right[i].
///
/// One accumulator per pair: the order of the additions is the same as in `dot_four`, so a score
/// has the same bits whichever of the two computed it. Independent calls overlap in the pipeline.
/// @pre `size` is a multiple of `line<T>`.
template <class T, class Arch = default_arch>
[[nodiscard]] inline T dot(const T* left, const T* right, std::size_t size) noexcept {
    assert(size % line<T> == 0);
    constexpr std::size_t step = width<T, Arch>;
    auto total = broadcast<T, Arch>(T{0});
    for (std::size_t at = 0; at < size; at += step)
        total = multiply_add(load<T, Arch>(left + at), load<T, Arch>(right + at), total);
    return sum(total);
}

/// The dot products of `left` with four vectors, written to `out`. Four independent chains hide the
/// latency of the multiply-add (four cycles), and `left` is loaded once for all.
template <class T, class Arch = default_arch>
inline void dot_four(const T* left, const T* first, const T* second, const T* third,
                     const T* fourth, std::size_t size, T* out) noexcept {
    assert(size % line<T> == 0);
    constexpr std::size_t step = width<T, Arch>;
    auto total0 = broadcast<T, Arch>(T{0});
    auto total1 = broadcast<T, Arch>(T{0});
    auto total2 = broadcast<T, Arch>(T{0});
    auto total3 = broadcast<T, Arch>(T{0});
    for (std::size_t at = 0; at < size; at += step) {
        const batch<T, Arch> shared = load<T, Arch>(left + at);
        total0 = multiply_add(shared, load<T, Arch>(first + at), total0);
        total1 = multiply_add(shared, load<T, Arch>(second + at), total1);
        total2 = multiply_add(shared, load<T, Arch>(third + at), total2);
        total3 = multiply_add(shared, load<T, Arch>(fourth + at), total3);
    }
    out[0] = sum(total0);
    out[1] = sum(total1);
    out[2] = sum(total2);
    out[3] = sum(total3);
}

/// out[r] = Σ left[i]·table[r·stride + i] for `rows` consecutive rows of a table.
template <class T, class Arch = default_arch>
inline void dot_rows(const T* left, const T* table, std::size_t stride, std::size_t rows,
                     std::size_t size, T* out) noexcept {
    std::size_t row = 0;
    for (; row + 4 <= rows; row += 4) {
        const T* at = table + row * stride;
        dot_four<T, Arch>(left, at, at + stride, at + 2 * stride, at + 3 * stride, size, out + row);
    }
    for (; row < rows; ++row)
        out[row] = dot<T, Arch>(left, table + row * stride, size);
}

/// target[i] += factor·source[i]. @pre `size` is a multiple of `line<T>`.
template <class T, class Arch = default_arch>
inline void axpy(T factor, const T* source, T* target, std::size_t size) noexcept {
    assert(size % line<T> == 0);
    constexpr std::size_t step = width<T, Arch>;
    const auto scale = broadcast<T, Arch>(factor);
    for (std::size_t at = 0; at < size; at += step)
        multiply_add(scale, load<T, Arch>(source + at), load<T, Arch>(target + at))
            .store_aligned(target + at);
}

/// target[i] += first_factor·first[i] + second_factor·second[i].
template <class T, class Arch = default_arch>
inline void add_two(T first_factor, const T* first, T second_factor, const T* second, T* target,
                    std::size_t size) noexcept {
    assert(size % line<T> == 0);
    constexpr std::size_t step = width<T, Arch>;
    const auto by_first = broadcast<T, Arch>(first_factor);
    const auto by_second = broadcast<T, Arch>(second_factor);
    for (std::size_t at = 0; at < size; at += step)
        multiply_add(by_second, load<T, Arch>(second + at),
                     multiply_add(by_first, load<T, Arch>(first + at), load<T, Arch>(target + at)))
            .store_aligned(target + at);
}

/// target[i] = source[i] + factor·target[i]. @pre `size` is a multiple of `line<T>`.
template <class T, class Arch = default_arch>
inline void xpay(const T* source, T factor, T* target, std::size_t size) noexcept {
    assert(size % line<T> == 0);
    constexpr std::size_t step = width<T, Arch>;
    const auto scale = broadcast<T, Arch>(factor);
    for (std::size_t at = 0; at < size; at += step)
        multiply_add(scale, load<T, Arch>(target + at), load<T, Arch>(source + at))
            .store_aligned(target + at);
}

/// target[i] = left[i]·right[i]. @pre `size` is a multiple of `line<T>`.
template <class T, class Arch = default_arch>
inline void multiply(const T* left, const T* right, T* target, std::size_t size) noexcept {
    assert(size % line<T> == 0);
    for (std::size_t at = 0; at < size; at += width<T, Arch>)
        (load<T, Arch>(left + at) * load<T, Arch>(right + at)).store_aligned(target + at);
}

/// target[i] = factor·source[i]. @pre `size` is a multiple of `line<T>`.
template <class T, class Arch = default_arch>
inline void scale(T factor, const T* source, T* target, std::size_t size) noexcept {
    assert(size % line<T> == 0);
    constexpr std::size_t step = width<T, Arch>;
    const auto by = broadcast<T, Arch>(factor);
    for (std::size_t at = 0; at < size; at += step)
        (by * load<T, Arch>(source + at)).store_aligned(target + at);
}

} // namespace hybrec::simd
