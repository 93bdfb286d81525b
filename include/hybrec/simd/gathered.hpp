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
#include <concepts>
#include <cstddef>
#include <utility>

namespace hybrec::simd {

namespace detail {

/// The places of rows that are taken together. Two multiply-add ports with four cycles of latency: eight chains;
/// fewer where registers are few.
template <class T, class Arch>
using rows_together = std::make_index_sequence<(width<T, Arch> < 8 ? 4 : 8)>;

/// The products of some rows with `vector`, not yet summed: as many independent chains as rows.
template <class T, class Arch, std::size_t... Row>
[[nodiscard, gnu::always_inline]] inline std::array<batch<T, Arch>, sizeof...(Row)>
multiply_rows(const T* const* rows, const T* vector, std::size_t size, std::index_sequence<Row...>,
              std::size_t from = 0) noexcept {
    const T* const pointers[] = {(rows[Row] + from)...};
    std::array<batch<T, Arch>, sizeof...(Row)> totals{
        (static_cast<void>(Row), broadcast<T, Arch>(T{0}))...};
    for (std::size_t at = 0; at < size; at += width<T, Arch>) {
        const auto shared = load<T, Arch>(vector + at);
        ((totals[Row] = multiply_add(load<T, Arch>(pointers[Row] + at), shared, totals[Row])), ...);
    }
    return totals;
}

/// The dot products of one register's worth of rows.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> dot_group(const T* const* rows, const T* vector,
                                              std::size_t size, std::size_t from = 0) noexcept {
    constexpr std::size_t group = width<T, Arch>;
    constexpr std::make_index_sequence<std::min<std::size_t>(8, group)> together{};
    square<T, Arch> products;
    for (std::size_t row = 0; row < group; row += together.size()) {
        const auto some = multiply_rows<T, Arch>(rows + row, vector, size, together, from);
        std::copy_n(some.begin(), together.size(), products.data() + row);
    }
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

/// out += Σ factors[row]·rows[row]
template <class T, class Arch, std::size_t... Row>
[[gnu::always_inline]] inline void
add_rows(const T* const* rows, const std::array<batch<T, Arch>, sizeof...(Row)>& factors, T* out,
         std::size_t size, std::index_sequence<Row...>) noexcept {
    const T* const pointers[] = {rows[Row]...};
    for (std::size_t at = 0; at < size; at += width<T, Arch>) {
        auto total = load<T, Arch>(out + at);
        ((total = multiply_add(factors[Row], load<T, Arch>(pointers[Row] + at), total)), ...);
        total.store_aligned(out + at);
    }
}

/// The function's values for rows from k on, by lanes.
template <class T, class Arch, std::size_t Count, class Function, std::size_t... Group>
[[nodiscard, gnu::always_inline]] inline std::array<batch<T, Arch>, sizeof...(Group)>
call_by_lanes(std::size_t k, const std::array<batch<T, Arch>, Count>& products,
              const Function& function, std::index_sequence<Group...>) noexcept {
    constexpr std::size_t rows = lane<T, Arch>;
    return {function(k + Group * rows, lane_sums<T, Arch>(products.data() + Group * rows))...};
}

/// The same, each in a register of its own.
template <class T, class Arch, class Factor, std::size_t... Row>
[[nodiscard, gnu::always_inline]] inline std::array<batch<T, Arch>, sizeof...(Row)>
factors_of(std::size_t k, const std::array<batch<T, Arch>, sizeof...(Row)>& products,
           const Factor& factor, std::index_sequence<Row...>) noexcept {
    constexpr std::size_t rows = lane<T, Arch>;
    const auto lanes = call_by_lanes<T, Arch>(k, products, factor,
                                              std::make_index_sequence<sizeof...(Row) / rows>{});
    return {spread<Row % rows, T, Arch>(lanes[Row / rows])...};
}

/// `gathered_dot_axpy` for rows of as many registers as there are `At`: `vector` and `out` stay in registers.
template <class T, class Arch, class Factor, std::size_t... At>
inline void pass_in_registers(const T* const* rows, std::size_t count, const T* vector, T* out,
                              const Factor& factor, std::index_sequence<At...>) noexcept {
    constexpr std::make_index_sequence<4> together{};
    const auto part = [](const T* from, std::size_t at) {
        return load<T, Arch>(from + at * width<T, Arch>);
    };
    const batch<T, Arch> shared[] = {part(vector, At)...};
    batch<T, Arch> totals[] = {part(out, At)...};
    const auto multiply = [&](const T* row) {
        auto product = broadcast<T, Arch>(T{0});
        ((product = multiply_add(part(row, At), shared[At], product)), ...);
        return product;
    };
    const auto add = [&](const T* row, const batch<T, Arch>& by) {
        ((totals[At] = multiply_add(by, part(row, At), totals[At])), ...);
    };
    for (std::size_t k = 0; k < count; k += together.size()) {
        const T* const* const four = rows + k;
        const auto factors = factors_of<T, Arch>(
            k, {multiply(four[0]), multiply(four[1]), multiply(four[2]), multiply(four[3])}, factor,
            together);
        add(four[0], factors[0]);
        add(four[1], factors[1]);
        add(four[2], factors[2]);
        add(four[3], factors[3]);
    }
    (totals[At].store_aligned(out + At * width<T, Arch>), ...);
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
/// @param factor called with the position k of as many rows as a lane of 128 bits has values, and a register of
///               their products in every lane (see `load_lanes`); returns their factors so, which must be zero for
///               rows from `count` on
/// @pre as `gathered_dot`
template <class T, class Arch = default_arch, class Element, class Factor>
inline void gathered_dot_axpy(const Element* const* rows, std::size_t count, const T* vector,
                              std::size_t size, T* out, const Factor& factor) noexcept {
    constexpr detail::rows_together<T, Arch> together{};
    constexpr std::size_t step = together.size();
    if constexpr (std::same_as<Element, T>) {
        constexpr std::size_t few = 4; // registers
        if (size == few * width<T, Arch>)
            return detail::pass_in_registers<T, Arch>(rows, count, vector, out, factor,
                                                      std::make_index_sequence<few>{});
        for (std::size_t k = 0; k < count; k += step) {
            const auto products = detail::multiply_rows<T, Arch>(rows + k, vector, size, together);
            detail::add_rows<T, Arch>(rows + k,
                                      detail::factors_of<T, Arch>(k, products, factor, together),
                                      out, size, together);
        }
    } else {
        // While the products of some rows are summed, those of the next rows begin; twice as many whole vectors
        // would not stay as near (measured: a fifth less time for rounded ones, 8 % more for others).
        std::array<batch<T, Arch>, step> products{}, factors{};
        for (std::size_t next = 0; next < count + step; next += step) {
            if (next > 0)
                factors = detail::factors_of<T, Arch>(next - step, products, factor, together);
            if (next < count)
                products = detail::multiply_rows<T, Arch>(rows + next, vector, size, together);
            if (next > 0)
                detail::add_rows<T, Arch>(rows + next - step, factors, out, size, together);
        }
    }
}

/// Σ value(k, t) over the rows, with t = ⟨rows[k], vector⟩.
/// @param rows  as above
/// @param value as `factor` of `gathered_dot_axpy`
template <class T, class Arch = default_arch, class Element, class Function>
[[nodiscard]] inline T gathered_dot_sum(const Element* const* rows, std::size_t count,
                                        const T* vector, std::size_t size,
                                        const Function& value) noexcept {
    constexpr detail::rows_together<T, Arch> together{};
    constexpr std::size_t groups = together.size() / detail::lane<T, Arch>;
    auto total = broadcast<T, Arch>(T{0});
    for (std::size_t k = 0; k < count; k += together.size())
        for (const auto& values : detail::call_by_lanes<T, Arch>(
                 k, detail::multiply_rows<T, Arch>(rows + k, vector, size, together), value,
                 std::make_index_sequence<groups>{}))
            total += values;
    constexpr std::size_t lanes = width<T, Arch> / detail::lane<T, Arch>;
    return sum(total) / T{lanes};
}

} // namespace hybrec::simd
