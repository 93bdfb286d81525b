// SPDX-License-Identifier: MIT
/// @file
/// The product of 256 rows with a square matrix: how factor tables are turned into another basis.
#include "kernel.hpp"

#include <hybrec/simd/gemm.hpp>

namespace hb = hybrec::benchmarks;
namespace simd = hybrec::simd;

namespace {

constexpr std::size_t rows = 256;

double flops(std::size_t size) { return static_cast<double>(2 * rows * size * size); }

void raw_product(const float* left, const float* right, float* target, std::size_t size) {
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::size_t j = 0; j < size; ++j)
            target[i * size + j] = 0;
        for (std::size_t k = 0; k < size; ++k)
            for (std::size_t j = 0; j < size; ++j)
                target[i * size + j] += left[i * size + k] * right[k * size + j];
    }
}

template <class Product>
void run(benchmark::State& state, const Product& product) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto left = hb::random_values<float>(rows * size, 1);
    const auto right = hb::random_values<float>(size * size, 2);
    hybrec::aligned_vector<float> target(rows * size);
    for (auto _ : state) {
        product(left.data(), right.data(), target.data(), size);
        benchmark::ClobberMemory();
    }
    hb::count_flops<float>(state, flops(size));
}

void gemm(benchmark::State& state) {
    run(state, [](const float* left, const float* right, float* target, std::size_t size) {
        simd::gemm(left, size, right, size, rows, size, size, target, size);
    });
}
void raw_gemm(benchmark::State& state) { run(state, raw_product); }

BENCHMARK(gemm)->Apply(hb::factor_sizes);
BENCHMARK(raw_gemm)->Apply(hb::factor_sizes);

} // namespace
