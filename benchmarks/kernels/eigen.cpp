// SPDX-License-Identifier: MIT
/// @file
/// The eigendecomposition of a Gram matrix, beside cyclic Jacobi rotations.
#include "kernel.hpp"

#include <hybrec/simd/eigen.hpp>

#include <cmath>

namespace hb = hybrec::benchmarks;
namespace simd = hybrec::simd;

namespace {

/// YᵀY of twice as many random rows as columns.
hybrec::aligned_vector<double> gram(std::size_t size) {
    const auto rows = hb::random_values<double>(2 * size * size);
    hybrec::aligned_vector<double> matrix(size * size);
    for (std::size_t row = 0; row < 2 * size; ++row)
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j)
                matrix[i * size + j] += rows[row * size + i] * rows[row * size + j];
    return matrix;
}

/// One rotation of the rows and columns p and q of A, and of the rows of the eigenvectors.
void rotate(double* matrix, double* vectors, std::size_t size, std::size_t p, std::size_t q) {
    const double off = matrix[p * size + q];
    if (off == 0)
        return;
    const double half = (matrix[q * size + q] - matrix[p * size + p]) / (2 * off);
    const double t = std::copysign(1 / (std::abs(half) + std::sqrt(1 + half * half)), half);
    const double c = 1 / std::sqrt(1 + t * t);
    const double s = t * c;
    for (std::size_t k = 0; k < size; ++k) {
        const double left = matrix[k * size + p];
        const double right = matrix[k * size + q];
        matrix[k * size + p] = c * left - s * right;
        matrix[k * size + q] = s * left + c * right;
    }
    const auto rotate_rows = [&](double* upper, double* lower) {
        for (std::size_t k = 0; k < size; ++k) {
            const double left = upper[k];
            const double right = lower[k];
            upper[k] = c * left - s * right;
            lower[k] = s * left + c * right;
        }
    };
    rotate_rows(matrix + p * size, matrix + q * size);
    rotate_rows(vectors + p * size, vectors + q * size);
}

/// Enough sweeps for double precision.
void jacobi(double* matrix, double* vectors, std::size_t size) {
    for (int sweep = 0; sweep < 8; ++sweep)
        for (std::size_t p = 0; p < size; ++p)
            for (std::size_t q = p + 1; q < size; ++q)
                rotate(matrix, vectors, size, p, q);
}

void symmetric_eigen(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto matrix = gram(size);
    for (auto _ : state) {
        auto eigen = simd::symmetric_eigen(matrix.data(), size, size);
        benchmark::DoNotOptimize(eigen.values.data());
    }
    // The usual count for eigenvalues and eigenvectors (Golub, Van Loan 2013, section 8.3).
    hb::count_flops<double>(state, 9 * std::pow(static_cast<double>(size), 3));
}

void raw_jacobi(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto matrix = gram(size);
    for (auto _ : state) {
        auto work = matrix;
        hybrec::aligned_vector<double> vectors(size * size);
        for (std::size_t i = 0; i < size; ++i)
            vectors[i * size + i] = 1;
        jacobi(work.data(), vectors.data(), size);
        benchmark::DoNotOptimize(vectors.data());
    }
}

BENCHMARK(symmetric_eigen)->Apply(hb::factor_sizes)->Unit(benchmark::kMicrosecond);
BENCHMARK(raw_jacobi)
    ->ArgName("factors")
    ->Arg(16)
    ->Arg(64)
    ->Arg(128)
    ->Unit(benchmark::kMicrosecond);

} // namespace
