// SPDX-License-Identifier: MIT
/// @file
/// The pass of conjugate gradients over a row: products with 200 gathered vectors, and their sum with
/// factors made of these products. The vectors are in a table of 4,000 rows.
#include "kernel.hpp"

#include <hybrec/simd/gathered.hpp>

#include <vector>

namespace hb = hybrec::benchmarks;
namespace simd = hybrec::simd;

namespace {

constexpr std::size_t count = 200;
constexpr std::size_t table_rows = 4000;

/// A dot product and a multiple added, of `count` vectors.
double flops(std::size_t size) { return static_cast<double>(4 * count * size); }

void raw_dot_axpy(const float* const* rows, const float* weights, const float* vector, float* out,
                  std::size_t size) {
    for (std::size_t k = 0; k < count; ++k) {
        float along = 0;
        for (std::size_t at = 0; at < size; ++at)
            along += rows[k][at] * vector[at];
        for (std::size_t at = 0; at < size; ++at)
            out[at] += weights[k] * along * rows[k][at];
    }
}

template <class Pass>
void run(benchmark::State& state, const Pass& pass) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const auto table = hb::random_values<float>(table_rows * size, 1);
    const auto vector = hb::random_values<float>(size, 2);
    const auto weights = hb::random_values<float>(hybrec::padded_size<float>(count), 3);
    hybrec::aligned_vector<float> out(size);
    // Another set of vectors every time, so that they come from where a training's would.
    const hybrec::counter_random random{1};
    std::vector<const float*> rows(16 * hybrec::padded_size<float>(count));
    for (std::size_t at = 0; at < rows.size(); ++at)
        rows[at] =
            table.data() + static_cast<std::size_t>(random.uniform(at) * double{table_rows}) * size;
    std::size_t set = 0;
    for (auto _ : state) {
        pass(rows.data() + set * hybrec::padded_size<float>(count), weights.data(), vector.data(),
             out.data(), size);
        set = (set + 1) % 16;
        benchmark::ClobberMemory();
    }
    hb::count_flops<float>(state, flops(size));
}

void gathered_dot_axpy(benchmark::State& state) {
    run(state, [](const float* const* rows, const float* weights, const float* vector, float* out,
                  std::size_t size) {
        simd::gathered_dot_axpy(rows, count, vector, size, out,
                                [&](std::size_t k, const auto& along) {
                                    return along * simd::load_lanes<float>(weights + k);
                                });
    });
}
void raw_gathered_dot_axpy(benchmark::State& state) { run(state, raw_dot_axpy); }

BENCHMARK(gathered_dot_axpy)->Apply(hb::factor_sizes);
BENCHMARK(raw_gathered_dot_axpy)->Apply(hb::factor_sizes);

} // namespace
