// SPDX-License-Identifier: MIT
/// @file
/// What the kernel benchmarks share: operands, and counters against the peak, measured in turn.
///
/// A kernel's program is `kernels/NAME.cpp`, named after its header in `simd/`; it is found by its
/// name, built and run by `benchmarks/run NAME`. Each kernel stands beside `raw_…`, the loop that one
/// would write without it, compiled with the same flags.
#pragma once

#include "../fma_peak.hpp"

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>

#include <cstddef>
#include <cstdint>

#include <benchmark/benchmark.h>

namespace hybrec::benchmarks {

/// `count` values between −1 and 1, aligned; another `stream`, other values.
template <class T>
[[nodiscard]] aligned_vector<T> random_values(std::size_t count, std::uint64_t stream = 0) {
    const counter_random random{42, stream};
    aligned_vector<T> values(count);
    for (std::size_t at = 0; at < count; ++at)
        values[at] = static_cast<T>(2 * random.uniform(at) - 1);
    return values;
}

/// Adds the counters `FLOP/s` and `of_peak`: 1 is all of it (Google Benchmark prints "/s" behind both,
/// as either is a rate). Call it after the loop: it measures the peak of one core in turn with the kernel, and as the
/// kernel is measured, by a mean.
/// @param flops floating-point operations of one iteration; a multiply-add is two
template <class T>
void count_flops(benchmark::State& state, double flops) {
    const double all = flops * static_cast<double>(state.iterations());
    state.counters["FLOP/s"] = benchmark::Counter(all, benchmark::Counter::kIsRate);
    state.counters["of_peak"] =
        benchmark::Counter(all / fma_rate_now<T>(), benchmark::Counter::kIsRate);
}

/// The sizes that all kernels are measured at: numbers of factors. Seven times each; the medians count.
inline void factor_sizes(benchmark::internal::Benchmark* measured) {
    measured->ArgName("factors")->Arg(16)->Arg(64)->Arg(128)->Arg(256)->Arg(512);
    measured->Repetitions(7)->ReportAggregatesOnly(true);
}

} // namespace hybrec::benchmarks
