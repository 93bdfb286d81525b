// SPDX-License-Identifier: MIT
/// @file
/// The tails of Student's t distribution.
#pragma once

#include <hybrec/core/math.hpp>

namespace hybrec::detail {

/// The continued fraction of the incomplete beta function (Abramowitz and Stegun 1964, 26.5.8),
/// evaluated from the front (Lentz 1976).
[[nodiscard]] inline double beta_fraction(double a, double b, double x) noexcept {
    constexpr double tiny = 1e-300;
    const auto away_from_zero = [](double value) { return std::abs(value) < tiny ? tiny : value; };
    double c = 1;
    double d = 1 / away_from_zero(1 - (a + b) * x / (a + 1));
    double fraction = d;
    for (int m = 1; m <= 500; ++m) {
        const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        d = 1 / away_from_zero(1 + even * d);
        c = away_from_zero(1 + even / c);
        fraction *= d * c;
        const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        d = 1 / away_from_zero(1 + odd * d);
        c = away_from_zero(1 + odd / c);
        fraction *= d * c;
        if (std::abs(d * c - 1) < 1e-15)
            break;
    }
    return fraction;
}

/// The regularized incomplete beta function Iₓ(a, b). @pre a, b > 0 and x is in [0, 1].
[[nodiscard]] inline double incomplete_beta(double a, double b, double x) noexcept {
    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                  a * std::log(x) + b * std::log1p(-x));
    // The fraction converges fast below the mean only; beyond it the complement does.
    if (x < (a + 1) / (a + b + 2))
        return front * beta_fraction(a, b, x) / a;
    return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

/// P(|T| ≥ |t|) for Student's distribution with `freedom` degrees of freedom.
[[nodiscard]] inline double student_two_sided(double t, double freedom) noexcept {
    return incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t));
}

} // namespace hybrec::detail
