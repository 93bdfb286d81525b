// SPDX-License-Identifier: MIT
/// @file
/// 256 rows times a square matrix whose digits are known. A processor without tiles of bytes adds digits up
/// one by one: then this is no way to multiply.
#include "kernel.hpp"

#include <hybrec/simd/gemm_digits.hpp>

namespace hb = hybrec::benchmarks;
namespace simd = hybrec::simd;

namespace {

constexpr std::size_t rows = 256;

void gemm_digits(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    if (!simd::has_processor_tiles()) {
        state.SkipWithError("the processor has no tiles of bytes, or may not use them");
        return;
    }
    const auto left = hb::random_values<float>(rows * size, 1);
    const auto right = hb::random_values<float>(size * size, 2);
    const simd::digit_matrix digits{right.data(), size, size, size};
    const hybrec::aligned_vector<float> start(size);
    hybrec::aligned_vector<float> target(rows * size);
    simd::digit_rows memory;
    for (auto _ : state) {
        for (std::size_t row = 0; row < rows; row += 64) {
            const auto from = [&](std::size_t at) {
                return [values = left.data() + (row + at) * size](std::size_t k) {
                    return simd::load<float, simd::default_arch>(values + k);
                };
            };
            simd::gemm_digits(
                from, 64, size, digits, [&](std::size_t) { return start.data(); },
                target.data() + row * size, size, memory);
        }
        benchmark::ClobberMemory();
    }
    hb::count_flops<float>(state, static_cast<double>(2 * rows * size * size));
}

BENCHMARK(gemm_digits)->Apply(hb::factor_sizes);

} // namespace
