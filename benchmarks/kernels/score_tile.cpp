// SPDX-License-Identifier: MIT
/// @file
/// Scores of 32 packed rows for eight queries, compared with the queries' thresholds; and keeping the
/// best ten of a stream of scores. Few scores pass, as in a search that has been running for a while.
#include "kernel.hpp"

#include <hybrec/core/index.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/top_k.hpp>
#include <hybrec/simd/score_tile.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <queue>
#include <vector>

namespace hb = hybrec::benchmarks;
namespace simd = hybrec::simd;

namespace {

double flops(std::size_t factors) {
    return static_cast<double>(2 * simd::tile_queries * simd::group_rows * factors);
}

void score_tile(benchmark::State& state) {
    const auto factors = static_cast<std::size_t>(state.range(0));
    const auto panel = hb::random_values<float>(simd::group_rows * factors, 1);
    const auto queries = hb::random_values<float>(simd::tile_queries * factors, 2);
    hybrec::aligned_vector<float> scores(simd::tile_queries * simd::group_rows);
    std::array<float, simd::tile_queries> bounds;
    bounds.fill(static_cast<float>(factors)); // out of reach
    std::array<std::uint32_t, simd::tile_queries> passed{};
    for (auto _ : state) {
        auto any = simd::score_tile(panel.data(), factors, queries.data(), bounds.data(),
                                    scores.data(), passed.data());
        benchmark::DoNotOptimize(any);
    }
    hb::count_flops<float>(state, flops(factors));
}

/// The same from rows and queries as they are in tables.
void raw_score_tile(benchmark::State& state) {
    const auto factors = static_cast<std::size_t>(state.range(0));
    const auto rows = hb::random_values<float>(simd::group_rows * factors, 1);
    const auto queries = hb::random_values<float>(simd::tile_queries * factors, 2);
    const auto bound = static_cast<float>(factors);
    for (auto _ : state) {
        int passed = 0;
        for (std::size_t query = 0; query < simd::tile_queries; ++query)
            for (std::size_t row = 0; row < simd::group_rows; ++row) {
                float score = 0;
                for (std::size_t at = 0; at < factors; ++at)
                    score += queries[query * factors + at] * rows[row * factors + at];
                passed += score >= bound;
            }
        benchmark::DoNotOptimize(passed);
    }
    hb::count_flops<float>(state, flops(factors));
}

BENCHMARK(score_tile)->Apply(hb::factor_sizes);
BENCHMARK(raw_score_tile)->Apply(hb::factor_sizes);

constexpr std::size_t stream_length = 20'000;

void top_k(benchmark::State& state) {
    using hybrec::item_index;
    const auto scores = hb::random_values<float>(stream_length);
    std::vector<hybrec::scored<item_index, float>> buffer(10);
    for (auto _ : state) {
        hybrec::top_k<item_index, float> best{buffer};
        for (std::size_t at = 0; at < stream_length; ++at) {
            if (scores[at] < best.threshold())
                continue;
            const hybrec::scored<item_index, float> candidate{item_index(at), scores[at]};
            if (best.would_enter(candidate))
                best.enter(candidate);
        }
        auto size = best.finish();
        benchmark::DoNotOptimize(size);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(stream_length));
}

void raw_priority_queue(benchmark::State& state) {
    using entry = std::pair<float, std::size_t>;
    const auto scores = hb::random_values<float>(stream_length);
    for (auto _ : state) {
        std::priority_queue<entry, std::vector<entry>, std::greater<>> best;
        for (std::size_t at = 0; at < stream_length; ++at) {
            if (best.size() == 10 && scores[at] <= best.top().first)
                continue;
            best.emplace(scores[at], at);
            if (best.size() > 10)
                best.pop();
        }
        auto size = best.size();
        benchmark::DoNotOptimize(size);
    }
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) *
                            static_cast<std::int64_t>(stream_length));
}

BENCHMARK(top_k);
BENCHMARK(raw_priority_queue);

} // namespace
