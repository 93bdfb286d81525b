// SPDX-License-Identifier: MIT
/// @file
/// Whether a service measures its stages, and what it measured.
#pragma once

#include <hybrec/serving/latency_histogram.hpp>

#include <array>
#include <chrono>
#include <cstddef>

namespace hybrec {

/// A service with this policy measures every stage of every call. `Clock` is what it, its cache and
/// its deadlines ask.
template <class Clock = std::chrono::steady_clock>
struct timed {
    using clock = Clock;
    static constexpr bool measures = true;
};

/// A service with this policy measures nothing; its clock serves cache and deadlines alone.
template <class Clock = std::chrono::steady_clock>
struct untimed {
    using clock = Clock;
    static constexpr bool measures = false;
};

/// A histogram for each stage of an engine, one for the fallback and one for whole calls, those
/// answered from the cache included.
template <bool Measures, std::size_t Stages>
class stage_latencies {
  public:
    static constexpr std::size_t fallback_stage = Stages;

    [[nodiscard]] latency_summary stage(std::size_t index) const noexcept {
        return histograms_[index].summary();
    }
    [[nodiscard]] latency_summary fallback() const noexcept { return stage(fallback_stage); }
    [[nodiscard]] latency_summary total() const noexcept { return stage(Stages + 1); }

    void record(std::size_t index, std::chrono::nanoseconds latency) noexcept {
        histograms_[index].record(latency);
    }
    void record_total(std::chrono::nanoseconds latency) noexcept { record(Stages + 1, latency); }

  private:
    std::array<latency_histogram, Stages + 2> histograms_;
};

/// Measures nothing and is empty.
template <std::size_t Stages>
class stage_latencies<false, Stages> {};

} // namespace hybrec
