// SPDX-License-Identifier: MIT
/// @file
/// Applies several metrics to the rankings and scores of many users.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/evaluation/detail/relevance.hpp>
#include <hybrec/evaluation/evaluation_report.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Collects one value per metric and user. Different users may be judged concurrently: each writes
/// to its own place, so that threads leave no trace in the result.
template <metric... Metrics>
class judge {
  public:
    static constexpr bool counts = (catalogue_metric<Metrics> || ...);
    static constexpr bool ranks = counts || (ranking_metric<Metrics> || ...);
    static constexpr bool scores = (scoring_metric<Metrics> || ...);

    /// @param items how many there are, for metrics of the catalogue
    /// @throws option_error for a depth of 0 or a name that occurs twice.
    judge(relevance relevant, std::size_t items, const Metrics&... metrics)
        : relevant_{std::move(relevant)},
          metrics_{metrics...},
          without_recommendations_(relevant_.users().size()),
          item_count_{items} {
        (add(metrics), ...);
    }

    [[nodiscard]] const relevance& relevant() const noexcept { return relevant_; }
    /// How many places the deepest metric looks at.
    [[nodiscard]] std::size_t depth() const noexcept { return depth_; }

    /// Judges the ranking of `relevant().users()[position]`.
    /// @throws data_error if the ranking holds an item twice.
    void judge_ranking(std::size_t position, std::span<const item_index> ranked) {
        ranked = ranked.first(std::min(depth_, ranked.size()));
        refuse_repeated(position, ranked);
        without_recommendations_[position] = ranked.empty() ? 1 : 0;
        for_each_metric([&](std::size_t at, const auto& metric) {
            using metric_type = std::remove_cvref_t<decltype(metric)>;
            if constexpr (!scoring_metric<metric_type>) {
                const std::size_t depth = metric.depth();
                const auto first = ranked.first(std::min(depth, ranked.size()));
                if constexpr (ranking_metric<metric_type>)
                    results_[at].values[position] = metric(first, relevant_[position]);
                else
                    for (const item_index item : first) // whole numbers: any order will do
                        std::atomic_ref{counts_[at][item.value()]}.fetch_add(
                            1, std::memory_order_relaxed);
            }
        });
    }

    /// Judges the scores of `relevant().users()[position]`; may reorder them.
    void judge_scores(std::size_t position, std::span<double> relevant_scores,
                      std::span<double> other_scores) {
        for_each_metric([&](std::size_t at, const auto& metric) {
            if constexpr (scoring_metric<std::remove_cvref_t<decltype(metric)>>)
                results_[at].values[position] = metric(relevant_scores, other_scores);
        });
    }

    /// The report; the object is of no use afterwards.
    [[nodiscard]] evaluation_report report() {
        for_each_metric([&](std::size_t at, const auto& metric) {
            if constexpr (catalogue_metric<std::remove_cvref_t<decltype(metric)>>)
                results_[at].mean = metric(std::span<const std::uint64_t>{counts_[at]});
        });
        const auto without = static_cast<std::size_t>(
            std::count(without_recommendations_.begin(), without_recommendations_.end(), 1));
        const std::size_t skipped = relevant_.skipped();
        return {relevant_.take_users(), std::move(results_), skipped, without};
    }

  private:
    template <class Metric>
    void add(const Metric& metric) {
        std::string name{metric.name()};
        if constexpr (!scoring_metric<Metric>) {
            require_option(metric.depth() >= 1, "evaluate", "the depth of " + name,
                           static_cast<double>(metric.depth()), "at least 1");
            depth_ = std::max<std::size_t>(depth_, metric.depth());
        }
        for (const metric_values& other : results_)
            if (other.name == name)
                fail<option_error>({"evaluate: the metric ", name, " is given twice"});
        // A metric of the catalogue has one value for all users.
        const bool whole = catalogue_metric<Metric>;
        counts_.emplace_back(whole ? item_count_ : 0);
        results_.push_back(
            {std::move(name), std::vector<double>(whole ? 0 : relevant_.users().size())});
    }

    template <class Body>
    void for_each_metric(Body&& body) {
        std::size_t at = 0;
        std::apply([&](const auto&... metric) { (body(at++, metric), ...); }, metrics_);
    }

    void refuse_repeated(std::size_t position, std::span<const item_index> ranked) const {
        std::vector<item_index> sorted{ranked.begin(), ranked.end()};
        std::sort(sorted.begin(), sorted.end());
        const auto repeated = std::adjacent_find(sorted.begin(), sorted.end());
        if (repeated != sorted.end())
            fail<data_error>({"evaluate: the ranking for user ",
                              relevant_.users()[position].value(), " holds item ",
                              repeated->value(), " twice"});
    }

    relevance relevant_;
    std::tuple<Metrics...> metrics_;
    std::vector<metric_values> results_;
    aligned_vector<std::uint8_t> without_recommendations_; // not vector<bool>: threads write to it
    std::vector<std::vector<std::uint64_t>> counts_;       // by metric and item
    std::size_t item_count_ = 0;
    std::size_t depth_ = 0;
};

} // namespace hybrec::detail
