// SPDX-License-Identifier: MIT
#include <hybrec/serving/latency_histogram.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

using namespace hybrec;
using namespace std::chrono_literals;

TEST_CASE("quantiles are those of the sorted latencies, at most 1/32 too long") {
    latency_histogram histogram;
    CHECK(histogram.summary().count() == 0);
    CHECK(histogram.summary().p99() == 0ns);

    const counter_random random{7};
    std::vector<std::int64_t> all;
    for (std::uint64_t at = 0; at < 5000; ++at) // from nanoseconds to seconds
        all.push_back(static_cast<std::int64_t>(std::exp(21 * random.uniform(at))));
    for (const std::int64_t value : all)
        histogram.record(std::chrono::nanoseconds{value});
    std::sort(all.begin(), all.end());
    const latency_summary summary = histogram.summary();
    CHECK(summary.count() == 5000);
    CHECK(summary.max().count() == all.back());
    for (const double q : {0.0, 0.001, 0.1, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
        const auto rank = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(q * 5000)));
        const std::int64_t exact = all[rank - 1];
        CHECK(summary.quantile(q).count() >= exact);
        CHECK(summary.quantile(q).count() <= exact + exact / 32);
    }
    CHECK(summary.p50() == summary.quantile(0.5));
    CHECK(summary.p95() == summary.quantile(0.95));
    CHECK(summary.p99() == summary.quantile(0.99));
}

TEST_CASE("every latency has a bucket") {
    for (const std::int64_t value :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{63}, std::int64_t{64}, std::int64_t{65},
          std::int64_t{127}, std::int64_t{128}, (std::int64_t{1} << 41) - 1}) {
        latency_histogram histogram;
        histogram.record(std::chrono::nanoseconds{value});
        CHECK(histogram.summary().max().count() == value);
        CHECK(histogram.summary().p50().count() == value); // never above the longest
    }
    latency_histogram histogram;
    histogram.record(-5ns);
    CHECK(histogram.summary().max() == 0ns);
    histogram.record(10h);
    CHECK(histogram.summary().count() == 2);
    CHECK(histogram.summary().max() == 10h);
    CHECK(histogram.summary().p99() > 36min);
}

TEST_CASE("summaries merge to that of all") {
    latency_histogram all, left, right;
    const counter_random random{8};
    for (std::uint64_t at = 0; at < 1000; ++at) {
        const std::chrono::nanoseconds value{random.below(1'000'000, at)};
        all.record(value);
        (at % 3 ? left : right).record(value);
    }
    latency_summary sum = left.summary();
    sum += right.summary();
    CHECK(sum == all.summary());
    latency_summary other = right.summary();
    other += left.summary();
    CHECK(other == all.summary()); // the longest is in one of them
    CHECK_FALSE(sum == left.summary());
}

TEST_CASE("threads record together") {
    latency_histogram histogram;
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&, thread] {
                for (int at = 0; at < 5000; ++at)
                    histogram.record(std::chrono::nanoseconds{4 * at + thread});
            });
    }
    CHECK(histogram.summary().count() == 20000);
    CHECK(histogram.summary().max() == 19999ns);
}
