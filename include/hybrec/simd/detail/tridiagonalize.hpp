// SPDX-License-Identifier: MIT
/// @file
/// Householder reflections that leave three diagonals of a symmetric matrix.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace hybrec::simd::detail {

/// What is to be subtracted from a matrix: v wᵀ + w vᵀ.
template <class T>
struct rank_two {
    const T* v;
    const T* w;
};

/// Subtracts the rows `row` + `Row`… of `change` from those of `matrix`, and adds their part of the
/// product of what is left with `next` to `products`. Of the matrix the upper triangle alone is kept, and
/// whole blocks on the diagonal: a value beyond these counts for its row and for its column.
/// @pre the rows are of one block, `line<T>` high
template <class Arch, class T, std::size_t... Row>
void subtract_and_multiply(T* matrix, std::size_t stride, std::size_t row,
                           const rank_two<T>& change, const T* next, T* products,
                           std::index_sequence<Row...>) noexcept {
    using vector = batch<T, Arch>;
    const vector by_v[] = {broadcast<T, Arch>(change.v[row + Row])...};
    const vector by_w[] = {broadcast<T, Arch>(change.w[row + Row])...};
    const vector of_column[] = {broadcast<T, Arch>(next[row + Row])...};
    vector sums[] = {(static_cast<void>(Row), broadcast<T, Arch>(T{0}))...};
    T* const values = matrix + row * stride;
    const T* const v = change.v;
    const T* const w = change.w;
    std::size_t at = row / line<T> * line<T>;
    const auto subtract = [&](std::size_t r, const vector& by_one, const vector& by_other) {
        T* const place = values + r * stride + at;
        const auto left =
            subtract_product(by_other, load<T, Arch>(v + at),
                             subtract_product(by_one, load<T, Arch>(w + at), load<T, Arch>(place)));
        left.store_aligned(place);
        return left;
    };
    for (const std::size_t end = at + line<T>; at < end; at += width<T, Arch>)
        ((sums[Row] = multiply_add(subtract(Row, by_v[Row], by_w[Row]), load<T, Arch>(next + at),
                                   sums[Row])),
         ...);
    for (; at < stride; at += width<T, Arch>) {
        const vector left[] = {subtract(Row, by_v[Row], by_w[Row])...};
        const auto of_row = load<T, Arch>(next + at);
        auto column = load<T, Arch>(products + at);
        ((sums[Row] = multiply_add(left[Row], of_row, sums[Row])), ...);
        ((column = multiply_add(of_column[Row], left[Row], column)), ...);
        column.store_aligned(products + at);
    }
    ((products[row + Row] += sum(sums[Row])), ...);
}

/// Reduces the symmetric `matrix` (all of it given) to tridiagonal form by Householder reflections
/// (Golub, Van Loan 2013, algorithm 8.3.1). Row k of `matrix` then holds the k-th reflection's vector,
/// scaled so that the reflection is I − v vᵀ, or zero where there is nothing to reflect.
/// @pre the largest value of `matrix` is 1, or all are 0; behind `size` its rows are zero.
template <class T, class Arch>
void tridiagonalize(T* matrix, std::size_t stride, std::size_t size, T* diagonal,
                    T* next_to_diagonal) {
    // The largest value of the matrix is 1; squares of what is left must not vanish.
    constexpr T negligible = std::numeric_limits<T>::epsilon() / T{1024};
    aligned_vector<T> last(stride), product(stride), none(stride);
    rank_two<T> change{none.data(), last.data()}; // of the step before, not yet subtracted
    for (std::size_t k = 0; k < size; ++k) {
        T* const row = matrix + k * stride;
        const std::size_t begin = k / line<T> * line<T>, from = (k + 1) / line<T> * line<T>;
        add_two<T, Arch>(-change.v[k], change.w + begin, -change.w[k], change.v + begin,
                         row + begin, stride - begin);
        diagonal[k] = row[k];
        std::fill(row, row + k + 1, T{0});
        if (k + 1 == size)
            return;
        const T head = std::exchange(row[k + 1], T{0});
        const T rest = dot<T, Arch>(row + from, row + from, stride - from);
        if (rest <= negligible * negligible) {
            next_to_diagonal[k] = head;
            std::fill(row, row + stride, T{0});
        } else {
            const T length = std::sqrt(head * head + rest);
            next_to_diagonal[k] = head > T{0} ? -length : length;
            row[k + 1] = head - next_to_diagonal[k];
            // v with |v|² = 2
            const T squared = dot<T, Arch>(row + from, row + from, stride - from);
            scale<T, Arch>(std::sqrt(T{2} / squared), row + from, row + from, stride - from);
        }
        // p = A v, w = p − (pᵀv / 2) v, and in the next step A ← A − v wᵀ − w vᵀ.
        std::fill(product.begin() + static_cast<std::ptrdiff_t>(from), product.end(), T{0});
        constexpr std::size_t rows = 4;
        for (std::size_t i = k + 1; i < size;)
            if (i % rows == 0 && i + rows <= size) {
                subtract_and_multiply<Arch>(matrix, stride, i, change, row, product.data(),
                                            std::make_index_sequence<rows>{});
                i += rows;
            } else {
                subtract_and_multiply<Arch>(matrix, stride, i, change, row, product.data(),
                                            std::index_sequence<0>{});
                ++i;
            }
        const T half = dot<T, Arch>(product.data() + from, row + from, stride - from) / T{2};
        axpy<T, Arch>(-half, row + from, product.data() + from, stride - from);
        std::swap(last, product);
        change = {row, last.data()};
    }
}

} // namespace hybrec::simd::detail
