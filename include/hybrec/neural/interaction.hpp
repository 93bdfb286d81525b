// SPDX-License-Identifier: MIT
/// @file
/// How two vectors of a sample meet: inner product and cosine.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace hybrec::neural {

/// 1/√max(|x|², ε), by which a vector is normalised; ε keeps that of a zero vector finite.
template <class T>
[[nodiscard]] T inverse_length(const T* vector, std::size_t padded) noexcept {
    return T{1} / std::sqrt(std::max(simd::dot(vector, vector, padded), static_cast<T>(1e-12)));
}

/// out[r] = ⟨left[r], right[r]⟩; one column.
template <class T = float>
struct dot_interaction {
    using value_type = T;

    static void apply(const matrix<T>& left, const matrix<T>& right, matrix<T>& out,
                      const execution& where) {
        assert(left.columns() == right.columns() && left.rows() == right.rows());
        out.resize(left.rows(), 1);
        for_each_row(left.rows(), where, [&](std::size_t row) {
            out(row, 0) = simd::dot(left.row(row), right.row(row), left.stride());
        });
    }
    static void backward(const matrix<T>& left, const matrix<T>& right,
                         const matrix<T>& out_gradient, matrix<T>& left_gradient,
                         matrix<T>& right_gradient, const execution& where) {
        left_gradient.resize(left.rows(), left.columns());
        right_gradient.resize(right.rows(), right.columns());
        for_each_row(left.rows(), where, [&](std::size_t row) {
            const T slope = out_gradient(row, 0);
            simd::scale(slope, right.row(row), left_gradient.row(row), left.stride());
            simd::scale(slope, left.row(row), right_gradient.row(row), left.stride());
        });
    }
};

/// out[r] = cos(left[r], right[r]); one column. With unit vectors x̂ and ŷ, ∂x = ∂out·(ŷ − cos·x̂)/|x|.
template <class T = float>
struct cosine_interaction {
    using value_type = T;

    static void apply(const matrix<T>& left, const matrix<T>& right, matrix<T>& out,
                      const execution& where) {
        assert(left.columns() == right.columns() && left.rows() == right.rows());
        const std::size_t size = left.stride();
        out.resize(left.rows(), 1);
        for_each_row(left.rows(), where, [&](std::size_t row) {
            out(row, 0) = simd::dot(left.row(row), right.row(row), size) *
                          inverse_length(left.row(row), size) *
                          inverse_length(right.row(row), size);
        });
    }
    static void backward(const matrix<T>& left, const matrix<T>& right, const matrix<T>& out,
                         const matrix<T>& out_gradient, matrix<T>& left_gradient,
                         matrix<T>& right_gradient, const execution& where) {
        const std::size_t size = left.stride();
        left_gradient.resize(left.rows(), left.columns());
        right_gradient.resize(right.rows(), right.columns());
        for_each_row(left.rows(), where, [&](std::size_t row) {
            const T* const x = left.row(row);
            const T* const y = right.row(row);
            const T by_x = inverse_length(x, size);
            const T by_y = inverse_length(y, size);
            const T slope = out_gradient(row, 0);
            simd::scale(slope * by_x * by_y, y, left_gradient.row(row), size);
            simd::axpy(-slope * out(row, 0) * by_x * by_x, x, left_gradient.row(row), size);
            simd::scale(slope * by_x * by_y, x, right_gradient.row(row), size);
            simd::axpy(-slope * out(row, 0) * by_y * by_y, y, right_gradient.row(row), size);
        });
    }
};

} // namespace hybrec::neural
