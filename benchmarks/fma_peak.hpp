// SPDX-License-Identifier: MIT
/// @file
/// The multiply-add peak of this machine, measured: what kernels and solvers are held against.
#pragma once

#include <hybrec/core/threads.hpp>
#include <hybrec/simd/batch.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>
#include <vector>

#include <ctime>

namespace hybrec::benchmarks {

/// Processor seconds of the calling thread: other processes do not show in it.
[[nodiscard]] inline double thread_seconds() noexcept {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

namespace detail {

/// Rounds of independent multiply-adds on registers. Twelve chains keep two ports with four cycles
/// of latency busy and leave registers free where there are only sixteen.
template <class T, class Arch, std::size_t... Chain>
[[nodiscard]] inline T fma_rounds(std::size_t rounds, T factor,
                                  std::index_sequence<Chain...>) noexcept {
    using vector = simd::batch<T, Arch>;
    const vector by = simd::broadcast<T, Arch>(factor);
    vector total[] = {simd::broadcast<T, Arch>(static_cast<T>(Chain))...};
    for (std::size_t round = 0; round < rounds; ++round)
        ((total[Chain] = hybrec::simd::multiply_add(total[Chain], by, by)), ...);
    vector all = total[0];
    ((all = all + total[Chain]), ...);
    return simd::sum(all);
}

/// A million rounds, some milliseconds; how many floating-point operations they were.
template <class T, class Arch>
[[nodiscard]] inline double run_fma() noexcept {
    constexpr std::size_t chains = 12;
    constexpr std::size_t rounds = 1'000'000;
    volatile T factor = T(0.5);
    volatile T sink = T{0};
    sink = fma_rounds<T, Arch>(rounds, factor, std::make_index_sequence<chains>{});
    (void)sink;
    return 2.0 * static_cast<double>(chains * rounds * simd::width<T, Arch>);
}

} // namespace detail

/// Multiply-adds per second of the calling thread, as floating-point operations per second: the mean of about a
/// tenth of a second, to be held against what ran just before for as long. A processor's clock, and what its
/// neighbours leave of it, change from moment to moment.
template <class T, class Arch = simd::default_arch>
[[nodiscard]] double fma_rate_now() {
    constexpr double long_enough = 0.1;
    double flops = 0, seconds = 0;
    for (const double begin = thread_seconds(); seconds < long_enough;
         seconds = thread_seconds() - begin)
        flops += detail::run_fma<T, Arch>();
    return flops / seconds;
}

/// The sum over `threads` threads of their multiply-adds per second, as floating-point operations
/// per second (a multiply-add counts as two). Takes about a tenth of a second.
template <class T, class Arch = simd::default_arch>
[[nodiscard]] double fma_peak(std::size_t threads = 1) {
    thread_pool pool{threads};
    std::vector<double> rates(threads);
    pool.for_chunks(threads, 1, [&](std::size_t chunk, std::size_t, std::size_t) {
        for (int repetition = 0; repetition < 8;
             ++repetition) { // the best: clocks take time to rise
            const double begin = thread_seconds();
            const double flops = detail::run_fma<T, Arch>();
            rates[chunk] = std::max(rates[chunk], flops / (thread_seconds() - begin));
        }
    });
    return std::accumulate(rates.begin(), rates.end(), 0.0);
}

} // namespace hybrec::benchmarks
