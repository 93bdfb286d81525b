// SPDX-License-Identifier: MIT
/// @file
/// The register tile: the inner loop of all matrix products.
#pragma once

#include <hybrec/simd/batch.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace hybrec::simd {

/// What a product does to its target.
enum class update : unsigned char {
    assign,  ///< target = product
    add,     ///< target += product
    subtract ///< target −= product
};

/// Rows of a tile: as many as leave room for operands in 32 registers, or in 16.
template <class T, class Arch = default_arch>
inline constexpr std::size_t tile_height = width<T, Arch> * sizeof(T) == 64
                                               ? std::min<std::size_t>(16, line<T>)
                                               : std::min<std::size_t>(8, line<T>);

/// A left operand whose rows of the product are next to each other: value (i, k) at
/// `data[i + k · step]`.
template <class T>
struct columns_operand {
    const T* data;
    std::size_t step;
    [[nodiscard]] const T* at(std::size_t row, std::size_t k) const noexcept {
        return data + k * step + row;
    }
};

/// A left operand in rows: value (i, k) at `data[i · stride + k]`.
template <class T>
struct rows_operand {
    const T* data;
    std::size_t stride;
    [[nodiscard]] const T* at(std::size_t row, std::size_t k) const noexcept {
        return data + row * stride + k;
    }
};

/// How values are multiplied and added up: as they are.
template <class T>
struct plain_products {
    using total = T;

    /// total ± left·right, for every value of a register.
    template <update Update, class Arch>
    [[nodiscard]] static batch<T, Arch> accumulate(const batch<T, Arch>& left,
                                                   const batch<T, Arch>& right,
                                                   const batch<T, Arch>& total) noexcept {
        if constexpr (Update == update::subtract)
            return subtract_product(left, right, total);
        else
            return multiply_add(left, right, total);
    }
};

namespace detail {

template <update Update, class T, class Arch>
[[nodiscard]] inline batch<T, Arch> initial(const T* target) noexcept {
    if constexpr (Update == update::assign)
        return broadcast<T, Arch>(T{0});
    else
        return load<T, Arch>(target);
}

template <class T, class Arch, update Update, class Products, class Left, std::size_t... Row>
inline void multiply_tile(Left left, const T* right, std::size_t right_step, std::size_t depth,
                          typename Products::total* target, std::size_t target_stride,
                          std::index_sequence<Row...>) noexcept {
    using total = typename Products::total;
    batch<total, Arch> totals[] = {initial<Update, total, Arch>(target + Row * target_stride)...};
    for (std::size_t k = 0; k < depth; ++k) {
        const auto shared = load<T, Arch>(right + k * right_step);
        ((totals[Row] = Products::template accumulate<Update, Arch>(
              broadcast<T, Arch>(*left.at(Row, k)), shared, totals[Row])),
         ...);
    }
    (totals[Row].store_aligned(target + Row * target_stride), ...);
}

template <class T, class Arch, update Update, class Products, class Left, std::size_t... Row>
inline void multiply_wide_tile(Left left, const T* first, const T* second, std::size_t right_step,
                               std::size_t depth, typename Products::total* target,
                               std::size_t target_stride, std::index_sequence<Row...>) noexcept {
    using total = typename Products::total;
    using vector = batch<total, Arch>;
    constexpr std::size_t step = width<T, Arch>;
    vector total0[] = {initial<Update, total, Arch>(target + Row * target_stride)...};
    vector total1[] = {initial<Update, total, Arch>(target + Row * target_stride + step)...};
    for (std::size_t k = 0; k < depth; ++k) {
        const auto shared0 = load<T, Arch>(first + k * right_step);
        const auto shared1 = load<T, Arch>(second + k * right_step);
        const auto row = [&](vector& sum0, vector& sum1, const T* value) {
            const auto by = broadcast<T, Arch>(*value);
            sum0 = Products::template accumulate<Update, Arch>(by, shared0, sum0);
            sum1 = Products::template accumulate<Update, Arch>(by, shared1, sum1);
        };
        (row(total0[Row], total1[Row], left.at(Row, k)), ...);
    }
    (total0[Row].store_aligned(target + Row * target_stride), ...);
    (total1[Row].store_aligned(target + Row * target_stride + step), ...);
}

} // namespace detail

/// A tile of `Height` rows by one register of columns:
/// target[i][j…] ∘= Σ_k left(i, k)·right[k · right_step + j…].
///
/// One step of the sum costs one vector load and `Height` multiply-adds whose other operand is
/// broadcast from memory; the accumulators stay in registers. Two multiply-add ports with four
/// cycles of latency want at least eight accumulators. The operands may overlap the target: it is
/// written at the end.
/// @param left `columns_operand` or `rows_operand`
/// @pre `right` and `target` are aligned to a register, and so are their strides.
template <class T, class Arch = default_arch, update Update = update::add,
          std::size_t Height = tile_height<T, Arch>, class Products = plain_products<T>, class Left>
inline void multiply_tile(Left left, const T* right, std::size_t right_step, std::size_t depth,
                          typename Products::total* target, std::size_t target_stride) noexcept {
    detail::multiply_tile<T, Arch, Update, Products>(
        left, right, right_step, depth, target, target_stride, std::make_index_sequence<Height>{});
}

/// A tile of half the usual height and two registers of columns, whose right operands begin at
/// `first` and `second`: every broadcast serves two multiply-adds, which halves the loads.
template <class T, class Arch = default_arch, update Update = update::add,
          std::size_t Height = tile_height<T, Arch> / 2, class Products = plain_products<T>,
          class Left>
inline void multiply_wide_tile(Left left, const T* first, const T* second, std::size_t right_step,
                               std::size_t depth, typename Products::total* target,
                               std::size_t target_stride) noexcept {
    detail::multiply_wide_tile<T, Arch, Update, Products>(left, first, second, right_step, depth,
                                                          target, target_stride,
                                                          std::make_index_sequence<Height>{});
}

namespace detail {

/// A product tile by tile: two registers of columns at a time pass down all rows, so that this part
/// of `right` stays in cache. @param left the left operand from a row on
template <class T, class Arch, update Update, class Left>
inline void multiply_tiles(const Left& left, const T* right, std::size_t right_stride,
                           std::size_t rows, std::size_t depth, std::size_t columns, T* target,
                           std::size_t target_stride) noexcept {
    constexpr std::size_t height = tile_height<T, Arch> / 2;
    constexpr std::size_t step = width<T, Arch>;
    for (std::size_t column = 0; column < columns;) {
        const T* const first = right + column;
        T* const to = target + column;
        std::size_t row = 0;
        if (column + 2 * step <= columns) {
            for (; row + height <= rows; row += height)
                multiply_wide_tile<T, Arch, Update>(left(row), first, first + step, right_stride,
                                                    depth, to + row * target_stride, target_stride);
            for (; row < rows; ++row)
                multiply_wide_tile<T, Arch, Update, 1>(left(row), first, first + step, right_stride,
                                                       depth, to + row * target_stride,
                                                       target_stride);
            column += 2 * step;
        } else {
            for (; row + height <= rows; row += height)
                multiply_tile<T, Arch, Update, height>(left(row), first, right_stride, depth,
                                                       to + row * target_stride, target_stride);
            for (; row < rows; ++row)
                multiply_tile<T, Arch, Update, 1>(left(row), first, right_stride, depth,
                                                  to + row * target_stride, target_stride);
            column += step;
        }
    }
}

} // namespace detail

} // namespace hybrec::simd
