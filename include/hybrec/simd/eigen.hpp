// SPDX-License-Identifier: MIT
/// @file
/// All eigenvalues and eigenvectors of a symmetric matrix.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

namespace hybrec::simd {

/// A = Q Λ Qᵀ.
template <class T>
struct eigen_decomposition {
    std::vector<T> values;     ///< Λ, descending
    aligned_vector<T> vectors; ///< row j is the eigenvector of `values[j]`, of length 1
    std::size_t stride = 0;    ///< distance between rows, whole lines
    bool converged = false;    ///< false if the matrix is not finite: nothing else is set
};

namespace detail {

/// Plane rotations of neighbouring rows, collected and applied together: a slice of columns stays
/// in the first-level cache while many sweeps pass over it.
template <class T, class Arch>
class row_rotations {
  public:
    row_rotations(T* matrix, std::size_t stride, const execution& where)
        : matrix_{matrix}, stride_{stride}, where_{&where} {}

    /// The next rotation turns rows `row` and `row + 1`; those after it the rows that follow.
    void begin_sweep(std::size_t row) { sweeps_.push_back({row, angles_.size()}); }
    void add(T cosine, T sine) { angles_.push_back({cosine, sine}); }

    void apply_if_many() {
        if (angles_.size() > std::size_t{1} << 16)
            apply();
    }
    void apply() {
        constexpr std::size_t slice = 2 * width<T, Arch>;
        where_->threads().for_chunks(
            stride_ / slice, 1,
            [&](std::size_t at, std::size_t, std::size_t) { apply_to<2>(at * slice); });
        if (stride_ % slice != 0)
            apply_to<1>(stride_ - stride_ % slice);
        sweeps_.clear();
        angles_.clear();
    }

  private:
    struct sweep {
        std::size_t row;
        std::size_t first_angle;
    };
    struct angle {
        T cosine;
        T sine;
    };

    template <std::size_t Registers>
    void apply_to(std::size_t column) noexcept {
        using vector = batch<T, Arch>;
        constexpr std::size_t step = width<T, Arch>;
        for (std::size_t s = 0; s < sweeps_.size(); ++s) {
            const std::size_t end = s + 1 < sweeps_.size() ? sweeps_[s + 1].first_angle //
                                                           : angles_.size();
            T* row = matrix_ + sweeps_[s].row * stride_ + column;
            vector upper[Registers]; // the row that two rotations share stays in registers
            for (std::size_t r = 0; r < Registers; ++r)
                upper[r] = load<T, Arch>(row + r * step);
            for (std::size_t at = sweeps_[s].first_angle; at < end; ++at, row += stride_) {
                const vector cosine = broadcast<T, Arch>(angles_[at].cosine);
                const vector sine = broadcast<T, Arch>(angles_[at].sine);
                for (std::size_t r = 0; r < Registers; ++r) {
                    const vector lower = load<T, Arch>(row + stride_ + r * step);
                    multiply_add(cosine, upper[r], sine * lower).store_aligned(row + r * step);
                    upper[r] = subtract_product(sine, upper[r], cosine * lower);
                }
            }
            for (std::size_t r = 0; r < Registers; ++r)
                upper[r].store_aligned(row + r * step);
        }
    }

    T* matrix_;
    std::size_t stride_;
    const execution* where_;
    std::vector<sweep> sweeps_;
    std::vector<angle> angles_;
};

/// Reduces the symmetric `matrix` (all of it given) to tridiagonal form by Householder reflections
/// (Golub, Van Loan 2013, algorithm 8.3.1). The largest value of `matrix` is 1. Row k of `matrix` then holds the k-th reflection's
/// vector, scaled so that the reflection is I − v vᵀ.
template <class T, class Arch>
void tridiagonalize(T* matrix, std::size_t stride, std::size_t size, T* diagonal,
                    T* next_to_diagonal) {
    // The largest value of the matrix is 1; squares of what is left must not vanish.
    constexpr T negligible = std::numeric_limits<T>::epsilon() / T{1024};
    aligned_vector<T> product(stride);
    aligned_vector<T> reflector(stride);
    for (std::size_t k = 0; k < size; ++k) {
        T* const row = matrix + k * stride;
        diagonal[k] = row[k];
        std::fill(row, row + k + 1, T{0});
        if (k + 1 == size)
            return;
        const std::size_t from = (k + 1) / line<T> * line<T>;
        const T head = std::exchange(row[k + 1], T{0});
        const T rest = dot<T, Arch>(row + from, row + from, stride - from);
        if (rest <= negligible * negligible) {
            next_to_diagonal[k] = head;
            std::fill(row, row + stride, T{0});
            continue;
        }
        const T length = std::sqrt(head * head + rest);
        next_to_diagonal[k] = head > T{0} ? -length : length;
        row[k + 1] = head - next_to_diagonal[k];
        // v with |v|² = 2
        const T squared = dot<T, Arch>(row + from, row + from, stride - from);
        scale<T, Arch>(std::sqrt(T{2} / squared), row + from, row + from, stride - from);
        std::copy(row, row + stride, reflector.begin());

        T* const v = reflector.data();
        std::fill(product.begin(), product.end(), T{0});
        dot_rows<T, Arch>(v + from, matrix + (k + 1) * stride + from, stride, size - k - 1,
                          stride - from, product.data() + k + 1);
        // w = p − (pᵀv / 2) v;  A ← A − v wᵀ − w vᵀ
        const T half = dot<T, Arch>(product.data() + from, v + from, stride - from) / T{2};
        axpy<T, Arch>(-half, v + from, product.data() + from, stride - from);
        for (std::size_t i = k + 1; i < size; ++i)
            add_two<T, Arch>(-v[i], product.data() + from, -product[i], v + from,
                             matrix + i * stride + from, stride - from);
    }
}

/// The product of the reflections from the last to the first: with A = Q T Qᵀ this is Qᵀ, whose rows
/// the rotations that diagonalize T turn into eigenvectors.
template <class T, class Arch>
void accumulate_reflections(const T* reflectors, std::size_t stride, std::size_t size, T* out,
                            const execution& where) {
    where.threads().for_chunks(size, 8, [&](std::size_t begin, std::size_t end, std::size_t) {
        for (std::size_t i = begin; i < end; ++i) {
            T* const row = out + i * stride;
            std::fill(row, row + stride, T{0});
            row[i] = T{1};
            // Later reflections leave this basis vector alone.
            for (std::size_t k = i; k-- > 0;) {
                const T* const v = reflectors + k * stride;
                const std::size_t from = (k + 1) / line<T> * line<T>;
                if (v[k + 1] != T{0})
                    axpy<T, Arch>(-dot<T, Arch>(row + from, v + from, stride - from), v + from,
                                  row + from, stride - from);
            }
        }
    });
}

/// Diagonalizes a tridiagonal matrix by implicit QR steps with Wilkinson's shift (Golub, Van Loan
/// 2013, algorithm 8.3.2), turning the rows behind `rotations` along. False if it does not
/// converge.
template <class T, class Rotations>
[[nodiscard]] bool diagonalize(std::vector<T>& d, std::vector<T>& e, Rotations& rotations) {
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
            rotations.apply_if_many();
        }
    }
    return true;
}

} // namespace detail

/// The eigenvalues of a symmetric matrix, in descending order, and its eigenvectors.
///
/// Householder tridiagonalization, then implicit QR steps whose rotations are applied to slices of
/// columns in cache. Eigenvalues are exact to about `epsilon` times the largest.
/// @param matrix `size` rows, `stride` apart; both triangles are read
/// Complexity: about 9·size³ floating-point operations. Allocates 2·size² values. The same bits for
/// any number of threads.
template <class T, class Arch = default_arch>
[[nodiscard]] eigen_decomposition<T> symmetric_eigen(const T* matrix, std::size_t stride,
                                                     std::size_t size,
                                                     const execution& where = {}) {
    eigen_decomposition<T> result;
    // A line more than needed: rows a power of two apart would share a few sets of the cache.
    result.stride = padded_size<T>(size) + line<T>;
    aligned_vector<T> work(size * result.stride);
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

    std::vector<T> d(size);
    std::vector<T> e(size);
    detail::tridiagonalize<T, Arch>(work.data(), result.stride, size, d.data(), e.data());
    aligned_vector<T> turned(size * result.stride);
    detail::accumulate_reflections<T, Arch>(work.data(), result.stride, size, turned.data(), where);
    detail::row_rotations<T, Arch> rotations{turned.data(), result.stride, where};
    result.converged = detail::diagonalize(d, e, rotations);
    rotations.apply();

    std::vector<std::size_t> order; // descending; the iteration leaves most of them in order
    const auto before = [&](std::size_t left, std::size_t right) { return d[left] > d[right]; };
    for (std::size_t j = 0; j < size; ++j)
        order.insert(std::upper_bound(order.begin(), order.end(), j, before), j);
    result.vectors.resize(size * result.stride);
    for (std::size_t j = 0; j < size; ++j) {
        result.values.push_back(d[order[j]] * largest);
        std::copy_n(turned.data() + order[j] * result.stride, result.stride,
                    result.vectors.data() + j * result.stride);
    }
    return result;
}

} // namespace hybrec::simd
