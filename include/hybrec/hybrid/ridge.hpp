// SPDX-License-Identifier: MIT
/// @file
/// Learns a blend by ridge regression.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/hybrid/detail/least_squares.hpp>
#include <hybrec/hybrid/labelled_lists.hpp>

#include <cstddef>
#include <vector>

namespace hybrec {

struct ridge_options {
    double regularization = 1; ///< λ, at least 0; 0 needs columns that are independent
    bool intercept = true;     ///< whether a constant is learned too, which λ does not hold back

    friend bool operator==(const ridge_options&, const ridge_options&) noexcept = default;
};

/// minimize Σ (b(x) − label)² + λ·Σ v² (Hoerl and Kennard 1970): linear stacking, and with lists that
/// have features feature-weighted linear stacking (Sill et al. 2009, eq. 7).
class ridge {
  public:
    /// @throws option_error for a negative or infinite regularization.
    explicit ridge(ridge_options options = {}) : options_{options} {
        require_option(options.regularization >= 0 && std::isfinite(options.regularization),
                       "ridge", "regularization", options.regularization,
                       "a finite number, at least 0");
    }

    [[nodiscard]] const ridge_options& options() const noexcept { return options_; }

    /// Complexity: O(rows · width² + width³).
    /// @throws data_error if there are no rows; numeric_error, naming the component, if without enough
    ///         regularization a column is constant or a combination of others.
    template <class Normalizer, class Features>
    [[nodiscard]] linear_blend<Normalizer, Features>
    learn(const labelled_lists<Normalizer, Features>& lists, const execution& where = {}) const {
        detail::require_rows(lists, "ridge");
        auto system = detail::make_least_squares(lists, options_.intercept, where);
        const std::size_t width = lists.width();
        for (std::size_t k = 0; k < width; ++k) {
            system.gram[k * width + k] += options_.regularization;
            system.scale[k] += options_.regularization;
        }
        std::vector<double> weights = system.right;
        if (const std::size_t bad = detail::solve_positive(system.gram, system.scale, weights);
            bad < width)
            fail<numeric_error>({"ridge: the scores of ", detail::weight_name(lists, bad),
                                 " are constant or a combination of those before it; raise "
                                 "regularization or leave it out"});
        return detail::blend_of(lists, weights, system.intercept(weights));
    }

  private:
    ridge_options options_;
};

} // namespace hybrec
