// SPDX-License-Identifier: MIT
/// @file
/// Products with gathered rows: rows of a table that are given by pointers.
#pragma once

#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/shuffle.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <utility>

namespace hybrec::simd {

namespace detail {

/// The lane-wise products of four rows with `vector`; four chains hide the multiply-add's latency.
template <class T, class Arch>
inline void multiply_four(const T* const* rows, const T* vector, std::size_t size, std::size_t from,
                          batch<T, Arch>* out) noexcept {
    constexpr std::size_t step = width<T, Arch>;
    auto total0 = broadcast<T, Arch>(T{0});
    auto total1 = total0;
    auto total2 = total0;
    auto total3 = total0;
    const T* const row0 = rows[0] + from;
    const T* const row1 = rows[1] + from;
    const T* const row2 = rows[2] + from;
    const T* const row3 = rows[3] + from;
    for (std::size_t at = 0; at < size; at += step) {
        const auto shared = load<T, Arch>(vector + at);
        total0 = xsimd::fma(load<T, Arch>(row0 + at), shared, total0);
        total1 = xsimd::fma(load<T, Arch>(row1 + at), shared, total1);
        total2 = xsimd::fma(load<T, Arch>(row2 + at), shared, total2);
        total3 = xsimd::fma(load<T, Arch>(row3 + at), shared, total3);
    }
    out[0] = total0;
    out[1] = total1;
    out[2] = total2;
    out[3] = total3;
}

/// The dot products of one register's worth of rows.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> dot_group(const T* const* rows, const T* vector,
                                              std::size_t size, std::size_t from = 0) noexcept {
    constexpr std::size_t group = width<T, Arch>;
    square<T, Arch> products;
    if constexpr (group >= 4) {
        for (std::size_t row = 0; row < group; row += 4)
            multiply_four<T, Arch>(rows + row, vector, size, from, products.data() + row);
    } else {
        for (std::size_t row = 0; row < group; ++row) {
            products[row] = broadcast<T, Arch>(T{0});
            for (std::size_t at = 0; at < size; at += group)
                products[row] = xsimd::fma(load<T, Arch>(rows[row] + from + at),
                                           load<T, Arch>(vector + at), products[row]);
        }
    }
    return sums<T, Arch>(products);
}

/// out += Σ factors[row]·rows[row] over `count` rows, four registers of `out` at a time.
template <class T, class Arch>
inline void add_group(const T* const* rows, const T* factors, std::size_t count, T* out,
                      std::size_t size, std::size_t from = 0) noexcept {
    constexpr std::size_t step = width<T, Arch>;
    std::size_t at = 0;
    for (; at + 4 * step <= size; at += 4 * step) {
        auto total0 = load<T, Arch>(out + at);
        auto total1 = load<T, Arch>(out + at + step);
        auto total2 = load<T, Arch>(out + at + 2 * step);
        auto total3 = load<T, Arch>(out + at + 3 * step);
        for (std::size_t row = 0; row < count; ++row) {
            const T* const source = rows[row] + from + at;
            const auto by = broadcast<T, Arch>(factors[row]);
            total0 = xsimd::fma(by, load<T, Arch>(source), total0);
            total1 = xsimd::fma(by, load<T, Arch>(source + step), total1);
            total2 = xsimd::fma(by, load<T, Arch>(source + 2 * step), total2);
            total3 = xsimd::fma(by, load<T, Arch>(source + 3 * step), total3);
        }
        total0.store_aligned(out + at);
        total1.store_aligned(out + at + step);
        total2.store_aligned(out + at + 2 * step);
        total3.store_aligned(out + at + 3 * step);
    }
    for (; at < size; at += step) {
        auto total = load<T, Arch>(out + at);
        for (std::size_t row = 0; row < count; ++row)
            total = xsimd::fma(broadcast<T, Arch>(factors[row]),
                               load<T, Arch>(rows[row] + from + at), total);
        total.store_aligned(out + at);
    }
}

} // namespace detail

/// How many rows the functions below take at a time: their number is rounded up to it, see `@pre`.
template <class T>
inline constexpr std::size_t gathered_group = line<T>;

/// out[k] = ⟨rows[k], vector⟩ for `count` rows, of which the `size` values from `from` on are taken.
/// @pre rows are aligned and `size` is a multiple of `line<T>`; `rows` and `out` have room for
///      `count` rounded up to `gathered_group<T>`, with valid pointers throughout.
template <class T, class Arch = default_arch>
inline void gathered_dot(const T* const* rows, std::size_t count, const T* vector, std::size_t size,
                         T* out, std::size_t from = 0) noexcept {
    for (std::size_t k = 0; k < count; k += width<T, Arch>)
        detail::dot_group<T, Arch>(rows + k, vector, size, from).store_aligned(out + k);
}

/// out += Σ factors[k]·rows[k] for `count` rows, of which the `size` values from `from` on are taken.
template <class T, class Arch = default_arch>
inline void gathered_axpy(const T* const* rows, const T* factors, std::size_t count, T* out,
                          std::size_t size, std::size_t from = 0) noexcept {
    assert(size % line<T> == 0);
    detail::add_group<T, Arch>(rows, factors, count, out, size, from);
}

/// Both in one pass: with t = ⟨rows[k], vector⟩, out += Σ factor(k, t)·rows[k]. While a few rows are
/// in the first-level cache they are used twice.
///
/// @param factor called with the position of a register's worth of rows and their products; returns
///               their factors, which must be zero for rows from `count` on
/// @pre as `gathered_dot`; `factors` has room for one register.
template <class T, class Arch = default_arch, class Factor>
inline void gathered_dot_axpy(const T* const* rows, std::size_t count, const T* vector,
                              std::size_t size, T* out, const Factor& factor) noexcept {
    constexpr std::size_t group = width<T, Arch>;
    alignas(table_alignment) std::array<T, group> factors;
    for (std::size_t k = 0; k < count; k += group) {
        factor(k, detail::dot_group<T, Arch>(rows + k, vector, size)).store_aligned(factors.data());
        detail::add_group<T, Arch>(rows + k, factors.data(), group, out, size);
    }
}

/// Σ value(k, t) over the rows, with t = ⟨rows[k], vector⟩.
/// @param value as `factor` of `gathered_dot_axpy`
template <class T, class Arch = default_arch, class Function>
[[nodiscard]] inline T gathered_dot_sum(const T* const* rows, std::size_t count, const T* vector,
                                        std::size_t size, const Function& value) noexcept {
    auto total = broadcast<T, Arch>(T{0});
    for (std::size_t k = 0; k < count; k += width<T, Arch>)
        total += value(k, detail::dot_group<T, Arch>(rows + k, vector, size));
    return sum(total);
}

} // namespace hybrec::simd
