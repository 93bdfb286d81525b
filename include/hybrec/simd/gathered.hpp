// SPDX-License-Identifier: MIT
/// @file
/// Products with gathered rows: rows of a table that are given by pointers.
#pragma once

#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/bfloat16_rows.hpp>
#include <hybrec/simd/shuffle.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <utility>

namespace hybrec::simd {

namespace detail {

/// The products of some rows with `vector`, not yet summed: as many independent chains as rows.
template <class T, class Arch, std::size_t... Row>
inline void multiply_each(const T* const* rows, const T* vector, std::size_t size, std::size_t from,
                          batch<T, Arch>* out, std::index_sequence<Row...>) noexcept {
    const T* const pointers[] = {(rows[Row] + from)...};
    batch<T, Arch> totals[] = {(static_cast<void>(Row), broadcast<T, Arch>(T{0}))...};
    for (std::size_t at = 0; at < size; at += width<T, Arch>) {
        const auto shared = load<T, Arch>(vector + at);
        ((totals[Row] = multiply_add(load<T, Arch>(pointers[Row] + at), shared, totals[Row])), ...);
    }
    ((out[Row] = totals[Row]), ...);
}

/// The dot products of one register's worth of rows.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> dot_group(const T* const* rows, const T* vector,
                                              std::size_t size, std::size_t from = 0) noexcept {
    constexpr std::size_t group = width<T, Arch>;
    // Two multiply-add ports with four cycles of latency: eight chains.
    constexpr std::size_t together = std::min<std::size_t>(8, group);
    square<T, Arch> products;
    for (std::size_t row = 0; row < group; row += together)
        multiply_each<T, Arch>(rows + row, vector, size, from, products.data() + row,
                               std::make_index_sequence<together>{});
    return sums<T, Arch>(products);
}

/// As many registers of `out` as there are `Part`, from `at` on: += Σ factors[row]·rows[row].
template <class T, class Arch, std::size_t... Part>
inline void add_to_registers(const T* const* rows, const T* factors, std::size_t count, T* out,
                             std::size_t from, std::index_sequence<Part...>) noexcept {
    constexpr std::size_t step = width<T, Arch>;
    batch<T, Arch> totals[] = {load<T, Arch>(out + Part * step)...};
    std::size_t row = 0;
    if constexpr (sizeof...(Part) <= 4) {
        // Few registers: odd rows have their own, for eight chains.
        batch<T, Arch> others[] = {(static_cast<void>(Part), broadcast<T, Arch>(T{0}))...};
        for (; row + 2 <= count; row += 2) {
            const auto by = broadcast<T, Arch>(factors[row]);
            const auto by_other = broadcast<T, Arch>(factors[row + 1]);
            const T* const source = rows[row] + from;
            const T* const other = rows[row + 1] + from;
            ((totals[Part] = multiply_add(by, load<T, Arch>(source + Part * step), totals[Part])),
             ...);
            ((others[Part] =
                  multiply_add(by_other, load<T, Arch>(other + Part * step), others[Part])),
             ...);
        }
        ((totals[Part] += others[Part]), ...);
    }
    for (; row < count; ++row) {
        const auto by = broadcast<T, Arch>(factors[row]);
        const T* const source = rows[row] + from;
        ((totals[Part] = multiply_add(by, load<T, Arch>(source + Part * step), totals[Part])), ...);
    }
    (totals[Part].store_aligned(out + Part * step), ...);
}

/// out += Σ factors[row]·rows[row] over `count` rows.
template <class T, class Arch>
inline void add_group(const T* const* rows, const T* factors, std::size_t count, T* out,
                      std::size_t size, std::size_t from = 0) noexcept {
    constexpr std::size_t step = width<T, Arch>;
    std::size_t at = 0;
    for (; at + 8 * step <= size; at += 8 * step)
        add_to_registers<T, Arch>(rows, factors, count, out + at, from + at,
                                  std::make_index_sequence<8>{});
    if (at + 4 * step <= size) {
        add_to_registers<T, Arch>(rows, factors, count, out + at, from + at,
                                  std::make_index_sequence<4>{});
        at += 4 * step;
    }
    for (; at < size; at += step)
        add_to_registers<T, Arch>(rows, factors, count, out + at, from + at,
                                  std::make_index_sequence<1>{});
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
/// @param rows   of `T`, or as `pack_bfloat16` writes them
/// @param factor called with the position of a register's worth of rows and their products; returns
///               their factors, which must be zero for rows from `count` on
/// @pre as `gathered_dot`; `factors` has room for one register.
template <class T, class Arch = default_arch, class Element, class Factor>
inline void gathered_dot_axpy(const Element* const* rows, std::size_t count, const T* vector,
                              std::size_t size, T* out, const Factor& factor) noexcept {
    constexpr std::size_t group = width<T, Arch>;
    alignas(table_alignment) std::array<T, group> factors;
    for (std::size_t k = 0; k < count; k += group) {
        factor(k, detail::dot_group<T, Arch>(rows + k, vector, size)).store_aligned(factors.data());
        detail::add_group<T, Arch>(rows + k, factors.data(), group, out, size);
    }
}

/// Σ value(k, t) over the rows, with t = ⟨rows[k], vector⟩.
/// @param rows  as above
/// @param value as `factor` of `gathered_dot_axpy`
template <class T, class Arch = default_arch, class Element, class Function>
[[nodiscard]] inline T gathered_dot_sum(const Element* const* rows, std::size_t count,
                                        const T* vector, std::size_t size,
                                        const Function& value) noexcept {
    auto total = broadcast<T, Arch>(T{0});
    for (std::size_t k = 0; k < count; k += width<T, Arch>)
        total += value(k, detail::dot_group<T, Arch>(rows + k, vector, size));
    return sum(total);
}

} // namespace hybrec::simd
