// SPDX-License-Identifier: MIT
/// @file
/// Cholesky factorization in place, and the solves with its result.
#include "kernel.hpp"

#include <hybrec/simd/cholesky.hpp>

#include <algorithm>
#include <cmath>

namespace hb = hybrec::benchmarks;
namespace simd = hybrec::simd;

namespace {

/// A well-conditioned symmetric matrix: the diagonal outweighs the rest.
hybrec::aligned_vector<float> definite_matrix(std::size_t size) {
    auto matrix = hb::random_values<float>(size * size);
    for (std::size_t row = 0; row < size; ++row) {
        for (std::size_t column = 0; column < row; ++column)
            matrix[row * size + column] = matrix[column * size + row];
        matrix[row * size + row] = static_cast<float>(size);
    }
    return matrix;
}

bool raw_factorize(float* matrix, std::size_t size) {
    for (std::size_t row = 0; row < size; ++row) {
        float* pivot_row = matrix + row * size;
        if (!(pivot_row[row] > 0))
            return false;
        const float inverse = 1 / std::sqrt(pivot_row[row]);
        for (std::size_t column = row; column < size; ++column)
            pivot_row[column] *= inverse;
        for (std::size_t below = row + 1; below < size; ++below)
            for (std::size_t column = below; column < size; ++column)
                matrix[below * size + column] -= pivot_row[below] * pivot_row[column];
    }
    return true;
}

/// Times `factorize(matrix)` on fresh copies, which are made while the clock stands still; several
/// at a time, as stopping it costs about as much as a small matrix.
template <class Factorize>
void measure(benchmark::State& state, Factorize&& factorize) {
    constexpr std::size_t copies = 16;
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto matrix = definite_matrix(size);
    hybrec::aligned_vector<float> work(copies * size * size);
    for (auto _ : state) {
        state.PauseTiming();
        for (std::size_t copy = 0; copy < copies; ++copy)
            std::copy(matrix.begin(), matrix.end(),
                      work.begin() + static_cast<std::ptrdiff_t>(copy * size * size));
        state.ResumeTiming();
        for (std::size_t copy = 0; copy < copies; ++copy)
            if (!factorize(work.data() + copy * size * size, size))
                state.SkipWithError("the matrix is not positive definite");
        benchmark::ClobberMemory();
    }
    const auto f = static_cast<double>(size);
    hb::count_flops<float>(state, static_cast<double>(copies) * f * f * f / 3);
}

void cholesky_upper(benchmark::State& state) {
    measure(state, [](float* matrix, std::size_t size) {
        return simd::cholesky_upper(matrix, size, size) == size;
    });
}

void raw_cholesky_upper(benchmark::State& state) { measure(state, raw_factorize); }

void cholesky_solve(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    auto matrix = definite_matrix(size);
    if (simd::cholesky_upper(matrix.data(), size, size) != size)
        state.SkipWithError("the matrix is not positive definite");
    const auto right = hb::random_values<float>(size, 1);
    auto x = right;
    for (auto _ : state) {
        std::copy(right.begin(), right.end(), x.begin());
        simd::cholesky_solve(matrix.data(), size, size, x.data());
        benchmark::ClobberMemory();
    }
    const auto f = static_cast<double>(size);
    hb::count_flops<float>(state, 2 * f * f);
}

BENCHMARK(cholesky_upper)->Apply(hb::factor_sizes);
BENCHMARK(raw_cholesky_upper)->Apply(hb::factor_sizes);
BENCHMARK(cholesky_solve)->Apply(hb::factor_sizes);

} // namespace
