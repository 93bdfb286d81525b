// SPDX-License-Identifier: MIT
/// @file
/// Learns a blend by logistic regression.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/hybrid/detail/least_squares.hpp>
#include <hybrec/hybrid/labelled_lists.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

struct logistic_options {
    double regularization =
        1; ///< λ, above 0: without it, classes that can be told apart have no optimum
    std::size_t iterations = 100; ///< at most so many Newton steps, at least 1

    friend bool operator==(const logistic_options&, const logistic_options&) noexcept = default;
};

/// minimize −Σ (label·ln p + (1 − label)·ln(1 − p)) + λ/2·Σ v² with p = 1/(1 + e^(−b(x))): b(x) is the
/// logarithm of the odds. Labels lie in [0, 1]; there is an intercept, which λ does not hold back.
/// Newton's method (iteratively reweighted least squares), halving a step that does not help.
class logistic {
  public:
    /// @throws option_error for options out of range.
    explicit logistic(logistic_options options = {}) : options_{options} {
        require_option(options.regularization > 0 && std::isfinite(options.regularization),
                       "logistic", "regularization", options.regularization,
                       "a finite number above 0");
        require_option(options.iterations >= 1, "logistic", "iterations",
                       static_cast<double>(options.iterations), "at least 1");
    }

    [[nodiscard]] const logistic_options& options() const noexcept { return options_; }

    /// Complexity: O(iterations · rows · width²).
    /// @throws data_error if there are no rows, a label is not in [0, 1], or all are 0 or all are 1.
    template <class Normalizer, class Features>
    [[nodiscard]] linear_blend<Normalizer, Features>
    learn(const labelled_lists<Normalizer, Features>& lists, const execution& where = {}) const {
        detail::require_rows(lists, "logistic");
        require_two_classes(lists.labels());
        std::vector<double> weights(lists.width() + 1); // the intercept last
        state now = evaluate(lists, weights, where);
        for (std::size_t iteration = 0; iteration < options_.iterations; ++iteration) {
            std::vector<double> step = now.gradient;
            std::vector<double> scale(step.size());
            for (std::size_t k = 0; k < step.size(); ++k)
                scale[k] = now.hessian[k * step.size() + k];
            // λ keeps the rest positive; only the intercept can run out of curvature.
            if (detail::solve_positive(now.hessian, scale, step) < step.size())
                break;
            // Half of it is what the full step gains, to second order: too little to see, too little to
            // search for.
            const double decrement =
                std::inner_product(step.begin(), step.end(), now.gradient.begin(), 0.0);
            const bool last = decrement < 1e-12 * now.loss;
            bool better = false;
            for (double length = 1; !better && length > (last ? 0.5 : 1e-9); length /= 2) {
                std::vector<double> candidate = weights;
                for (std::size_t k = 0; k < step.size(); ++k)
                    candidate[k] -= length * step[k];
                state next = evaluate(lists, candidate, where);
                better = improves(next, now);
                if (better) {
                    weights = std::move(candidate);
                    now = std::move(next);
                }
            }
            if (last || !better)
                break; // as good as double precision can tell
        }
        const double intercept = weights.back();
        weights.pop_back();
        return detail::blend_of(lists, weights, intercept);
    }

  private:
    struct state {
        double loss;
        std::vector<double> gradient;
        std::vector<double> hessian;
    };

    /// Where losses differ by no more than rounding, the gradient tells.
    [[nodiscard]] static bool improves(const state& next, const state& now) noexcept {
        const auto squares = [](const state& of) {
            return std::inner_product(of.gradient.begin(), of.gradient.end(), of.gradient.begin(),
                                      0.0);
        };
        const double rounding = 1e-13 * now.loss;
        return next.loss < now.loss - rounding ||
               (next.loss <= now.loss + rounding && squares(next) < squares(now));
    }

    template <class = on_use>
    static void require_two_classes(std::span<const float> labels) {
        const auto [low, high] = std::minmax_element(labels.begin(), labels.end());
        if (*low < 0 || *high > 1)
            fail<data_error>({"logistic: a label is ", *low < 0 ? *low : *high,
                              "; expected labels from 0 to 1"});
        if (*high == 0 || *low == 1)
            fail<data_error>({"logistic: all labels are ", *low == 1 ? "1" : "0",
                              "; there is nothing to tell apart"});
    }

    template <class Lists>
    [[nodiscard]] state evaluate(const Lists& lists, const std::vector<double>& weights,
                                 const execution& where) const {
        const std::size_t width = lists.width();
        const std::size_t size = width + 1;
        const auto sums = detail::sum_rows(
            lists, 1 + size + size * size, where, [&](auto row, double label, double* into) {
                const auto value = [&](std::size_t k) {
                    return k < width ? static_cast<double>(row[k]) : 1.0;
                };
                double odds = 0;
                for (std::size_t k = 0; k < size; ++k)
                    odds += weights[k] * value(k);
                // ln(1 + e^b) − label·b, without overflow.
                into[0] +=
                    std::max(odds, 0.0) + std::log1p(std::exp(-std::abs(odds))) - label * odds;
                const double p = 1 / (1 + std::exp(-odds));
                for (std::size_t k = 0; k < size; ++k) {
                    into[1 + k] += (p - label) * value(k);
                    for (std::size_t j = 0; j <= k; ++j)
                        into[1 + size + k * size + j] += p * (1 - p) * value(k) * value(j);
                }
            });
        const auto gradient = sums.begin() + 1;
        const auto hessian = gradient + static_cast<std::ptrdiff_t>(size);
        state result{sums[0], {gradient, hessian}, {hessian, sums.end()}};
        for (std::size_t k = 0; k < width; ++k) {
            result.loss += options_.regularization / 2 * weights[k] * weights[k];
            result.gradient[k] += options_.regularization * weights[k];
            result.hessian[k * size + k] += options_.regularization;
        }
        return result;
    }

    logistic_options options_;
};

} // namespace hybrec
