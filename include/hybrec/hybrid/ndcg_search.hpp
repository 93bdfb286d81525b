// SPDX-License-Identifier: MIT
/// @file
/// Learns a blend by searching for the weights with the best NDCG.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/hybrid/detail/least_squares.hpp>
#include <hybrec/hybrid/labelled_lists.hpp>
#include <hybrec/retrieval/top_k.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec {

struct ndcg_search_options {
    std::size_t k = 20;     ///< how many places count, at least 1
    std::size_t draws = 32; ///< random weights tried beside equal weights and single components
    double smallest_step = 0.01; ///< the refinement ends below it, in (0, 1]
    std::uint64_t seed = 1;

    friend bool operator==(const ndcg_search_options&,
                           const ndcg_search_options&) noexcept = default;
};

/// maximize the mean NDCG@k of the lists over weights that are not negative and sum to 1. Tries equal
/// weights, each component alone and uniform draws; then moves one weight at a time (the others keep
/// their proportions) from the best, halving the step when no move helps (Hooke and Jeeves 1961).
/// Finds a local optimum; meant for 2 to 6 weights. A label above 0 makes an item relevant; lists
/// without one do not count.
class ndcg_search {
  public:
    /// @throws option_error for options out of range.
    explicit ndcg_search(ndcg_search_options options = {}) : options_{options} {
        require_option(options.k >= 1, "ndcg_search", "k", static_cast<double>(options.k),
                       "at least 1");
        require_option(options.smallest_step > 0 && options.smallest_step <= 1, "ndcg_search",
                       "smallest_step", options.smallest_step, "a number above 0, at most 1");
    }

    [[nodiscard]] const ndcg_search_options& options() const noexcept { return options_; }

    /// Complexity: O(rows · width) for each evaluation.
    /// @throws data_error if no list has a relevant item; cancelled.
    template <class Normalizer, class Features>
    [[nodiscard]] linear_blend<Normalizer, Features>
    learn(const labelled_lists<Normalizer, Features>& lists, const execution& where = {}) const {
        if (std::none_of(lists.labels().begin(), lists.labels().end(),
                         [](float label) { return label > 0; }))
            fail<data_error>({"ndcg_search: no list has a relevant item"});
        const std::size_t width = lists.width();
        std::vector<double> best;
        double best_value = -1;
        const auto try_weights = [&](const std::vector<double>& weights) {
            const double value = mean_ndcg(lists, weights, where);
            if (!(value > best_value))
                return false;
            best_value = value;
            best = weights;
            return true;
        };

        try_weights(std::vector<double>(width, 1 / static_cast<double>(width)));
        for (std::size_t k = 0; k < width; ++k) {
            std::vector<double> alone(width);
            alone[k] = 1;
            try_weights(alone);
        }
        for (std::size_t draw = 0; draw < options_.draws && width > 1; ++draw)
            try_weights(uniform_weights(width, draw));
        for (double step = 0.25; step >= options_.smallest_step && width > 1;) {
            bool better = false;
            for (std::size_t k = 0; k < width; ++k)
                for (const double sign : {1.0, -1.0})
                    better = try_weights(moved(best, k, sign * step)) || better;
            if (!better)
                step /= 2;
        }
        return detail::blend_of(lists, best);
    }

    /// The mean NDCG@k that weights reach on lists with relevant items; 0 if there are none.
    template <class Lists>
    [[nodiscard]] double mean_ndcg(const Lists& lists, const std::vector<double>& weights,
                                   const execution& where = {}) const {
        struct sums {
            double value = 0;
            std::size_t lists = 0;
        };
        const sums total = parallel_reduce(
            where.threads(), lists.list_count(), std::size_t{32}, sums{},
            [&](std::size_t begin, std::size_t end) {
                sums part;
                ranking<item_index> top;
                for (std::size_t list = begin; list < end; ++list)
                    if (const double value = ndcg_of(lists, list, weights, top); value >= 0) {
                        part.value += value;
                        ++part.lists;
                    }
                return part;
            },
            [](sums& all, const sums& part) {
                all.value += part.value;
                all.lists += part.lists;
            },
            where.stop);
        return total.lists > 0 ? total.value / static_cast<double>(total.lists) : 0;
    }

  private:
    [[nodiscard]] static double discount(std::size_t place) noexcept {
        return 1 / std::log2(static_cast<double>(place) + 2);
    }

    /// Below 0 if nothing is relevant. Rows are in the order of items, and so are ties.
    template <class Lists>
    [[nodiscard]] double ndcg_of(const Lists& lists, std::size_t list,
                                 const std::vector<double>& weights,
                                 ranking<item_index>& top) const {
        const std::size_t begin = lists.offsets()[list];
        const std::size_t rows = lists.offsets()[list + 1] - begin;
        const auto labels = lists.labels().subspan(begin, rows);
        const auto relevant = static_cast<std::size_t>(
            std::count_if(labels.begin(), labels.end(), [](float label) { return label > 0; }));
        if (relevant == 0)
            return -1;
        top.resize(std::min(options_.k, rows));
        top_k<item_index, float> kept{top};
        for (std::size_t at = 0; at < rows; ++at) {
            const auto row = lists.row(begin + at);
            double score = 0;
            for (std::size_t k = 0; k < row.size(); ++k)
                score += weights[k] * static_cast<double>(row[k]);
            const scored_item candidate{item_index(at), static_cast<float>(score)};
            if (kept.would_enter(candidate))
                kept.enter(candidate);
        }
        const std::size_t found = kept.finish();
        double gain = 0, ideal = 0;
        for (std::size_t place = 0; place < found; ++place)
            gain += labels[top[place].index.value()] > 0 ? discount(place) : 0;
        for (std::size_t place = 0; place < std::min(options_.k, relevant); ++place)
            ideal += discount(place);
        return gain / ideal;
    }

    /// Uniform on the simplex: shares of exponential draws.
    [[nodiscard]] std::vector<double> uniform_weights(std::size_t width, std::size_t draw) const {
        const counter_random random{options_.seed, draw};
        std::vector<double> weights(width);
        double sum = 0;
        for (std::size_t k = 0; k < width; ++k)
            sum += weights[k] = -std::log(1 - random.uniform(k));
        for (double& weight : weights)
            weight /= sum;
        return weights;
    }

    /// Weight k more by `step`, within [0, 1]; the others share what is left as before.
    [[nodiscard]] static std::vector<double> moved(std::vector<double> weights, std::size_t at,
                                                   double step) {
        const double own = std::clamp(weights[at] + step, 0.0, 1.0);
        const double others = 1 - weights[at];
        for (std::size_t k = 0; k < weights.size(); ++k)
            if (k != at)
                weights[k] = others > 0 ? weights[k] / others * (1 - own)
                                        : (1 - own) / static_cast<double>(weights.size() - 1);
        weights[at] = own;
        return weights;
    }

    ndcg_search_options options_;
};

} // namespace hybrec
