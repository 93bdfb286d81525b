// SPDX-License-Identifier: MIT
/// @file
/// The symmetric rank-k update of one triangle, from panels of 64 rows.
#include "kernel.hpp"

#include <hybrec/simd/syrk.hpp>

namespace hb = hybrec::benchmarks;
namespace simd = hybrec::simd;

namespace {

constexpr std::size_t depth = 64;

/// One triangle: half of depth · size² multiply-adds.
double flops(std::size_t size) { return static_cast<double>(depth * size * size); }

void raw_update(const float* left, const float* right, float* target, std::size_t size) {
    for (std::size_t row = 0; row < depth; ++row)
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = i; j < size; ++j)
                target[i * size + j] += left[row * size + i] * right[row * size + j];
}

void syrk_upper(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto panel = hb::random_values<float>(depth * size);
    const auto rows = simd::panel_view<float>::packed(panel.data(), depth);
    hybrec::aligned_vector<float> target(size * size);
    for (auto _ : state) {
        simd::syrk_upper(rows, rows, depth, target.data(), size, size);
        benchmark::ClobberMemory();
    }
    hb::count_flops<float>(state, flops(size));
}

void raw_syrk_upper(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto left = hb::random_values<float>(depth * size, 1);
    const auto right = hb::random_values<float>(depth * size, 2);
    hybrec::aligned_vector<float> target(size * size);
    for (auto _ : state) {
        raw_update(left.data(), right.data(), target.data(), size);
        benchmark::ClobberMemory();
    }
    hb::count_flops<float>(state, flops(size));
}

BENCHMARK(syrk_upper)->Apply(hb::factor_sizes);
BENCHMARK(raw_syrk_upper)->Apply(hb::factor_sizes);

} // namespace
