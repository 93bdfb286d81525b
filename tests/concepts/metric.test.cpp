// SPDX-License-Identifier: MIT
#include <hybrec/concepts/metric.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

namespace hr = hybrec;
using hr::item_index;
using items = std::span<const item_index>;

namespace {

struct hits {
    std::string name() const { return "hits@2"; }
    std::size_t depth() const { return 2; }
    double operator()(items ranked, items relevant) const noexcept {
        double count = 0;
        for (const item_index item : ranked)
            count += std::ranges::binary_search(relevant, item) ? 1 : 0;
        return count;
    }
};
struct metric_may_throw {
    std::string name() const { return "x"; }
    std::size_t depth() const { return 2; }
    double operator()(items, items) const { return 0; }
};
struct nameless_metric {
    std::size_t depth() const { return 2; }
    double operator()(items, items) const noexcept { return 0; }
};
struct without_depth {
    std::string name() const { return "x"; }
    double operator()(items, items) const noexcept { return 0; }
};
struct of_scores {
    std::string name() const { return "margin"; }
    double operator()(std::span<double> relevant, std::span<double> others) const {
        return *std::ranges::min_element(relevant) - *std::ranges::max_element(others);
    }
};

} // namespace

static_assert(hr::named_metric<hits>);
static_assert(!hr::named_metric<nameless_metric>);
static_assert(hr::ranking_metric<hits>);
static_assert(!hr::ranking_metric<metric_may_throw>);
static_assert(!hr::ranking_metric<nameless_metric>);
static_assert(!hr::ranking_metric<without_depth>);
static_assert(!hr::ranking_metric<of_scores>);
static_assert(hr::scoring_metric<of_scores>);
static_assert(!hr::scoring_metric<hits>);
static_assert(hr::metric<hits>);
static_assert(hr::metric<of_scores>);
static_assert(!hr::metric<int>);

TEST_CASE("metrics are called with spans") {
    const std::array ranked = {item_index(3), item_index(1)};
    const std::array relevant = {item_index(1), item_index(2)};
    CHECK(hits{}(ranked, relevant) == 1);
    std::array<double, 2> good = {3, 2};
    std::array<double, 1> bad = {0.5};
    CHECK(of_scores{}(good, bad) == 1.5);
}
