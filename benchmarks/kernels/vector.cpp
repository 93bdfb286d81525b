// SPDX-License-Identifier: MIT
/// @file
/// Dot products and scaled sums of `simd/vector.hpp`, with operands in the first-level cache.
#include "kernel.hpp"

#include <hybrec/simd/vector.hpp>

namespace hb = hybrec::benchmarks;
namespace simd = hybrec::simd;

namespace {

float raw_dot(const float* left, const float* right, std::size_t size) {
    float total = 0;
    for (std::size_t at = 0; at < size; ++at)
        total += left[at] * right[at];
    return total;
}

void raw_axpy(float factor, const float* source, float* target, std::size_t size) {
    for (std::size_t at = 0; at < size; ++at)
        target[at] += factor * source[at];
}

struct operands {
    explicit operands(const benchmark::State& state)
        : size{static_cast<std::size_t>(state.range(0))},
          vector{hb::random_values<float>(size, 1)},
          table{hb::random_values<float>(rows * size, 2)},
          out(rows) {
        benchmark::DoNotOptimize(rows); // known, it would unroll the kernel for this program only
    }

    std::size_t rows = 32;
    std::size_t size;
    hybrec::aligned_vector<float> vector;
    hybrec::aligned_vector<float> table;
    hybrec::aligned_vector<float> out;
};

void dot_rows(benchmark::State& state) {
    operands on{state};
    for (auto _ : state) {
        simd::dot_rows(on.vector.data(), on.table.data(), on.size, on.rows, on.size, on.out.data());
        benchmark::ClobberMemory();
    }
    hb::count_flops<float>(state, 2.0 * static_cast<double>(on.rows * on.size));
}

void dot(benchmark::State& state) {
    operands on{state};
    for (auto _ : state) {
        for (std::size_t row = 0; row < on.rows; ++row)
            on.out[row] = simd::dot(on.vector.data(), on.table.data() + row * on.size, on.size);
        benchmark::ClobberMemory();
    }
    hb::count_flops<float>(state, 2.0 * static_cast<double>(on.rows * on.size));
}

void raw_dot_rows(benchmark::State& state) {
    operands on{state};
    for (auto _ : state) {
        for (std::size_t row = 0; row < on.rows; ++row)
            on.out[row] = raw_dot(on.vector.data(), on.table.data() + row * on.size, on.size);
        benchmark::ClobberMemory();
    }
    hb::count_flops<float>(state, 2.0 * static_cast<double>(on.rows * on.size));
}

void axpy(benchmark::State& state) {
    operands on{state};
    for (auto _ : state) {
        for (std::size_t row = 0; row < on.rows; ++row)
            simd::axpy(1e-3f, on.table.data() + row * on.size, on.vector.data(), on.size);
        benchmark::ClobberMemory();
    }
    hb::count_flops<float>(state, 2.0 * static_cast<double>(on.rows * on.size));
}

void raw_axpy_rows(benchmark::State& state) {
    operands on{state};
    for (auto _ : state) {
        for (std::size_t row = 0; row < on.rows; ++row)
            raw_axpy(1e-3f, on.table.data() + row * on.size, on.vector.data(), on.size);
        benchmark::ClobberMemory();
    }
    hb::count_flops<float>(state, 2.0 * static_cast<double>(on.rows * on.size));
}

BENCHMARK(dot)->Apply(hb::factor_sizes);
BENCHMARK(dot_rows)->Apply(hb::factor_sizes);
BENCHMARK(raw_dot_rows)->Apply(hb::factor_sizes);
BENCHMARK(axpy)->Apply(hb::factor_sizes);
BENCHMARK(raw_axpy_rows)->Apply(hb::factor_sizes);

} // namespace
