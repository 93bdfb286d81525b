// SPDX-License-Identifier: MIT
/// @file
/// How long something took, how often.
#pragma once

#include <hybrec/core/math.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace hybrec {

namespace detail {

/// Buckets of equal width within a power of two, 32 each: a bucket is at most 1/32 of its values
/// wide. Below 64 ns they are exact; the last one takes everything from 2^41 ns (37 minutes) on.
struct latency_buckets {
    static constexpr unsigned bits = 5;
    static constexpr unsigned widest = 41; // bits of the largest value
    static constexpr std::size_t count = std::size_t{widest - bits + 1} << bits;
    static constexpr std::size_t index(std::uint64_t nanoseconds) noexcept {
        const std::uint64_t value = std::min(nanoseconds, (std::uint64_t{1} << widest) - 1);
        const auto width = static_cast<unsigned>(std::bit_width(value));
        const unsigned shift = width > bits + 1 ? width - (bits + 1) : 0;
        return (std::size_t{shift} << bits) + static_cast<std::size_t>(value >> shift);
    }
    /// The largest value of a bucket.
    static constexpr std::uint64_t top(std::size_t index) noexcept {
        const std::size_t power = index >> bits;
        const std::size_t shift = power > 1 ? power - 1 : 0;
        return ((std::uint64_t{index - (shift << bits)} + 1) << shift) - 1;
    }
};

} // namespace detail

/// What a `latency_histogram` had recorded at some moment. Merges with others by +=.
class latency_summary {
  public:
    latency_summary() = default;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// The longest of all, exactly.
    [[nodiscard]] std::chrono::nanoseconds max() const noexcept { return max_; }

    /// The shortest latency that a fraction `q` of all did not exceed (nearest rank), at most 1/32 too
    /// long; 0 if there is none. @pre 0 ≤ q ≤ 1.
    [[nodiscard]] std::chrono::nanoseconds quantile(double q) const noexcept {
        const auto rank = std::max<std::uint64_t>(
            1, static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_))));
        std::uint64_t seen = 0;
        for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket)
            if ((seen += counts_[bucket]) >= rank)
                return std::min(max_, std::chrono::nanoseconds{static_cast<std::int64_t>(
                                          detail::latency_buckets::top(bucket))});
        return max_;
    }
    [[nodiscard]] std::chrono::nanoseconds p50() const noexcept { return quantile(0.50); }
    [[nodiscard]] std::chrono::nanoseconds p95() const noexcept { return quantile(0.95); }
    [[nodiscard]] std::chrono::nanoseconds p99() const noexcept { return quantile(0.99); }

    latency_summary& operator+=(const latency_summary& other) noexcept {
        for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket)
            counts_[bucket] += other.counts_[bucket];
        count_ += other.count_;
        max_ = std::max(max_, other.max_);
        return *this;
    }

    friend bool operator==(const latency_summary&, const latency_summary&) = default;

  private:
    friend class latency_histogram;
    std::array<std::uint64_t, detail::latency_buckets::count> counts_{};
    std::uint64_t count_ = 0;
    std::chrono::nanoseconds max_{0};
};

/// Records latencies from any number of threads, in 9.5 KB: one relaxed addition each, and a second
/// operation for a new maximum. After the idea of HdrHistogram (Tene): buckets grow with the values.
class latency_histogram {
  public:
    void record(std::chrono::nanoseconds latency) noexcept {
        const auto value = static_cast<std::uint64_t>(std::max<std::int64_t>(0, latency.count()));
        counts_[detail::latency_buckets::index(value)].fetch_add(1, std::memory_order_relaxed);
        std::uint64_t max = max_.load(std::memory_order_relaxed);
        while (value > max && !max_.compare_exchange_weak(max, value, std::memory_order_relaxed)) {
        }
    }

    /// What was recorded so far. What other threads record meanwhile may or may not be part of it.
    [[nodiscard]] latency_summary summary() const noexcept {
        latency_summary result;
        for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket)
            result.count_ += result.counts_[bucket] =
                counts_[bucket].load(std::memory_order_relaxed);
        result.max_ = std::chrono::nanoseconds{
            static_cast<std::int64_t>(max_.load(std::memory_order_relaxed))};
        return result;
    }

  private:
    std::array<std::atomic<std::uint64_t>, detail::latency_buckets::count> counts_; // all 0
    std::atomic<std::uint64_t> max_{0};
};

} // namespace hybrec
