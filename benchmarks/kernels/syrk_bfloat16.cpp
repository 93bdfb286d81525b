// SPDX-License-Identifier: MIT
/// @file
/// The sum of weighted squares of 128 gathered rows, and of the rows: rounded to bfloat16, and in floats, packing
/// included. A processor with neither tiles nor products of bfloat16 takes two multiply-adds of floats for a
/// word: then this is no way to do it.
#include "kernel.hpp"

#include <hybrec/simd/gathered.hpp>
#include <hybrec/simd/syrk.hpp>
#include <hybrec/simd/syrk_bfloat16.hpp>

#include <algorithm>
#include <vector>

namespace hb = hybrec::benchmarks;
namespace simd = hybrec::simd;

namespace {

constexpr std::size_t count = 128, table_rows = 4096;

struct operands {
    explicit operands(std::size_t size)
        : table{hb::random_values<float>(table_rows * size, 1)},
          roots{hb::random_values<float>(count, 2)},
          coefficients{hb::random_values<float>(count, 3)},
          sum(size),
          target(size * size) {
        for (std::size_t k = 0; k < count; ++k)
            rows.push_back(table.data() + hybrec::counter_random{4}.bits(k) % table_rows * size);
        for (float& root : roots)
            root += 2;
    }
    hybrec::aligned_vector<float> table, roots, coefficients, sum, target;
    std::vector<const float*> rows;
};

/// One triangle: half of count · size² multiply-adds.
void count_flops(benchmark::State& state, std::size_t size) {
    hb::count_flops<float>(state, static_cast<double>(count * size * size));
}

void syrk_bfloat16(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    operands with{size};
    simd::bfloat16_panel memory{size};
    const simd::weighted_rows from{with.rows.data(), with.roots.data(), with.coefficients.data(),
                                   count};
    for (auto _ : state) {
        simd::syrk_bfloat16<simd::update::assign>(from, 0, false, with.target.data(), size, size,
                                                  with.sum.data(), memory);
        benchmark::ClobberMemory();
    }
    count_flops(state, size);
}

void syrk_gathered(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    constexpr std::size_t depth = 64, capacity = depth + 2;
    operands with{size};
    hybrec::aligned_vector<float> panel(capacity * size);
    const auto packed = simd::panel_view<float>::packed(panel.data(), capacity);
    for (auto _ : state) {
        std::fill(with.target.begin(), with.target.end(), 0.0F);
        for (std::size_t begin = 0; begin < count; begin += depth) {
            for (std::size_t k = 0; k < depth; ++k)
                simd::pack_row(with.rows[begin + k], with.roots[begin + k], panel.data(), capacity,
                               k, size);
            simd::gathered_axpy(with.rows.data() + begin, with.coefficients.data() + begin, depth,
                                with.sum.data(), size);
            simd::syrk_upper(packed, packed, depth, with.target.data(), size, size);
        }
        benchmark::ClobberMemory();
    }
    count_flops(state, size);
}

BENCHMARK(syrk_bfloat16)->Apply(hb::factor_sizes);
BENCHMARK(syrk_gathered)->Apply(hb::factor_sizes);

} // namespace
