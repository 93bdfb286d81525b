// SPDX-License-Identifier: MIT
/// @file
/// Learns a blend whose weights are not negative.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/hybrid/detail/least_squares.hpp>
#include <hybrec/hybrid/labelled_lists.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

namespace hybrec {

struct non_negative_least_squares_options {
    double regularization = 0;    ///< λ, at least 0
    bool intercept = true;        ///< whether a constant of any sign is learned too
    std::size_t sweeps = 100'000; ///< at most so many rounds over the weights, at least 1

    friend bool operator==(const non_negative_least_squares_options&,
                           const non_negative_least_squares_options&) noexcept = default;
};

/// minimize Σ (b(x) − label)² + λ·Σ v² over v ≥ 0, by coordinate descent on the Gram matrix (Franc,
/// Hlaváč and Navara 2005). Components that do not help get 0; columns that are constant or combinations
/// of others do no harm. Breiman (1996) stacks by it: the weights stay sensible where components are
/// much alike.
class non_negative_least_squares {
  public:
    /// @throws option_error for options out of range.
    explicit non_negative_least_squares(non_negative_least_squares_options options = {})
        : options_{options} {
        require_option(options.regularization >= 0 && std::isfinite(options.regularization),
                       "non_negative_least_squares", "regularization", options.regularization,
                       "a finite number, at least 0");
        require_option(options.sweeps >= 1, "non_negative_least_squares", "sweeps",
                       static_cast<double>(options.sweeps), "at least 1");
    }

    [[nodiscard]] const non_negative_least_squares_options& options() const noexcept {
        return options_;
    }

    /// Complexity: O(rows · width² + sweeps · width²); stops when nothing moves.
    /// @throws data_error if there are no rows.
    template <class Normalizer, class Features>
    [[nodiscard]] linear_blend<Normalizer, Features>
    learn(const labelled_lists<Normalizer, Features>& lists, const execution& where = {}) const {
        detail::require_rows(lists, "non_negative_least_squares");
        const auto system = detail::make_least_squares(lists, options_.intercept, where);
        const std::size_t width = lists.width();
        std::vector<double> weights(width);
        std::vector<double> gradient(width); // half of it
        for (std::size_t k = 0; k < width; ++k)
            gradient[k] = -system.right[k];
        constexpr double epsilon = std::numeric_limits<double>::epsilon();
        for (std::size_t sweep = 0; sweep < options_.sweeps; ++sweep) {
            bool moved = false;
            for (std::size_t k = 0; k < width; ++k) {
                const double curvature = system.gram[k * width + k] + options_.regularization;
                // A constant column is all rounding.
                if (!(curvature > 16 * epsilon * system.scale[k]))
                    continue;
                const double before = weights[k];
                weights[k] = std::max(0.0, before - gradient[k] / curvature);
                const double step = weights[k] - before;
                for (std::size_t j = 0; j < width; ++j)
                    gradient[j] += step * system.gram[j * width + k];
                gradient[k] += step * options_.regularization;
                moved = moved || std::abs(step) > 4 * epsilon * weights[k];
            }
            if (!moved)
                break;
        }
        return detail::blend_of(lists, weights, system.intercept(weights));
    }

  private:
    non_negative_least_squares_options options_;
};

} // namespace hybrec
