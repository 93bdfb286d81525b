// SPDX-License-Identifier: MIT
/// @file
/// All eigenvalues and eigenvectors of a symmetric matrix.
#pragma once

#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/detail/tridiagonalize.hpp>
#include <hybrec/simd/detail/turned_columns.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>

namespace hybrec::simd {

/// A = Q Λ Qᵀ.
template <class T>
struct eigen_decomposition {
    aligned_vector<T> values;  ///< Λ, descending
    aligned_vector<T> vectors; ///< row j is the eigenvector of `values[j]`, of length 1
    std::size_t stride = 0;    ///< distance between rows, whole lines
    bool converged = false;    ///< false if the matrix is not finite: nothing else is set
};

namespace detail {

/// Diagonalizes a tridiagonal matrix by implicit QR steps with Wilkinson's shift (Golub, Van Loan
/// 2013, algorithm 8.3.2), turning the rows behind `rotations` along. False if it does not
/// converge.
template <class T, class Rotations>
[[nodiscard]] bool diagonalize(aligned_vector<T>& d, aligned_vector<T>& e, Rotations& rotations) {
    std::size_t budget = 60 * d.size();
    for (std::size_t high = d.size(); high-- > 1;) {
        for (;;) {
            std::size_t low = high;
            while (low > 0 && std::abs(e[low - 1]) > std::numeric_limits<T>::epsilon() *
                                                         (std::abs(d[low - 1]) + std::abs(d[low])))
                --low;
            if (low > 0)
                e[low - 1] = T{0};
            if (low == high)
                break;
            if (budget-- == 0)
                return false;
            const T off = e[high - 1];
            const T half = (d[high - 1] - d[high]) / T{2};
            const T shift =
                d[high] -
                off * off / (half + std::copysign(std::sqrt(half * half + off * off), half));
            T x = d[low] - shift;
            T z = e[low];
            rotations.begin_sweep(low);
            for (std::size_t k = low; k < high; ++k) {
                const T length = std::sqrt(x * x + z * z);
                const T c = length > T{0} ? x / length : T{1};
                const T s = length > T{0} ? z / length : T{0};
                if (k > low)
                    e[k - 1] = length;
                const T first = d[k];
                const T second = d[k + 1];
                const T cross = e[k];
                d[k] = c * c * first + T{2} * c * s * cross + s * s * second;
                d[k + 1] = s * s * first - T{2} * c * s * cross + c * c * second;
                e[k] = c * s * (second - first) + (c * c - s * s) * cross;
                if (k + 1 < high) {
                    x = e[k];
                    z = s * e[k + 1];
                    e[k + 1] *= c;
                }
                rotations.add(c, s);
            }
        }
    }
    return true;
}

/// What a thread keeps between calls.
template <class T>
struct eigen_memory {
    aligned_vector<T> work;
    row_rotations<T> rotations;
};

} // namespace detail

/// The eigenvalues of a symmetric matrix, in descending order, and its eigenvectors.
///
/// Householder tridiagonalization, then implicit QR steps, beside which other threads apply the
/// reflections; reflections and rotations are applied to slices of columns in cache. Eigenvalues are
/// exact to about `epsilon` times the largest.
/// @param matrix `size` rows, `stride` apart; both triangles are read
/// Complexity: about 9·size³ floating-point operations. Allocates size² values, and
/// three times as many at a thread's first call, which it keeps. The same bits for any number of threads.
template <class T, class Arch = default_arch>
[[nodiscard]] eigen_decomposition<T> symmetric_eigen(const T* matrix, std::size_t stride,
                                                     std::size_t size,
                                                     const execution& where = {}) {
    eigen_decomposition<T> result;
    // A line more than needed: rows a power of two apart would share a few sets of the cache.
    result.stride = padded_size<T>(size) + line<T>;
    borrowed<detail::eigen_memory<T>> memory;
    aligned_vector<T>& work = memory->work;
    work.assign(size * result.stride, T{0});
    T largest{0};
    bool finite = true;
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j) {
            const T value = matrix[i * stride + j];
            work[i * result.stride + j] = value;
            largest = std::max(largest, std::abs(value));
            finite = finite && std::isfinite(value);
        }
    if (!finite)
        return result;
    if (largest > T{0}) // squares of the values must neither overflow nor vanish
        for (T& value : work)
            value /= largest;

    aligned_vector<T> d(size);
    aligned_vector<T> e(size);
    detail::tridiagonalize<T, Arch>(work.data(), result.stride, size, d.data(), e.data());
    // With A = Q T Qᵀ, Q the product of the reflections, the rotations that diagonalize T turn the
    // rows of Qᵀ into eigenvectors.
    result.vectors.resize(size * result.stride);
    detail::turned_columns<T, Arch> rotations{work.data(), result.vectors.data(), result.stride,
                                              size,        memory->rotations,     where};
    rotations.turn([&] { result.converged = detail::diagonalize(d, e, rotations); });

    aligned_vector<std::size_t> order(size); // descending; the iteration leaves most of them so
    const auto before = [&](std::size_t left, std::size_t right) { return d[left] > d[right]; };
    for (std::size_t j = 0; j < size; ++j) {
        std::size_t* const end = order.data() + j;
        std::size_t* const place = std::upper_bound(order.data(), end, j, before);
        std::copy_backward(place, end, end + 1);
        *place = j;
    }
    for (std::size_t j = 0; j < size; ++j) {
        result.values.push_back(d[order[j]] * largest);
        std::size_t from = order[j]; // or where that row has gone
        while (from < j)
            from = order[from];
        T* const row = result.vectors.data() + from * result.stride;
        if (from != j)
            std::swap_ranges(row, row + result.stride, result.vectors.data() + j * result.stride);
    }
    return result;
}

} // namespace hybrec::simd
