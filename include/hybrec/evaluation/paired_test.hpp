// SPDX-License-Identifier: MIT
/// @file
/// Whether the difference between two models may be chance.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/evaluation/detail/student.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace hybrec {

/// The outcome of a paired test.
struct paired_test {
    double difference = 0; ///< the mean of left − right over the pairs
    double p_value = 1;    ///< the chance of a difference at least as large if none were real
    std::size_t pairs = 0; ///< how many there are; pairs with a NaN are left out
};

namespace detail {

template <class = on_use>
[[nodiscard]] std::vector<double> paired_differences(std::span<const double> left,
                                                     std::span<const double> right) {
    if (left.size() != right.size())
        fail<shape_error>({"a paired test needs as many values on both sides; found ", left.size(),
                           " and ", right.size()});
    std::vector<double> differences;
    for (std::size_t at = 0; at < left.size(); ++at)
        if (!std::isnan(left[at]) && !std::isnan(right[at]))
            differences.push_back(left[at] - right[at]);
    return differences;
}

[[nodiscard]] inline double mean_of(std::span<const double> values) noexcept {
    double sum = 0;
    for (const double value : values)
        sum += value;
    return values.empty() ? std::numeric_limits<double>::quiet_NaN()
                          : sum / static_cast<double>(values.size());
}

} // namespace detail

/// Student's t-test for paired samples, two-sided: `left[k]` and `right[k]` belong to the same user.
/// p is NaN for fewer than two pairs, 1 if all pairs are equal, 0 if all differ by the same amount.
/// @throws shape_error if the sides differ in size. Complexity: O(pairs).
template <class = on_use>
[[nodiscard]] paired_test paired_t_test(std::span<const double> left,
                                        std::span<const double> right) {
    const std::vector<double> differences = detail::paired_differences(left, right);
    paired_test result{.difference = detail::mean_of(as_span(differences)),
                       .pairs = differences.size()};
    if (differences.size() < 2) {
        result.p_value = std::numeric_limits<double>::quiet_NaN();
        return result;
    }
    const auto n = static_cast<double>(differences.size());
    double squares = 0;
    for (const double value : differences)
        squares += (value - result.difference) * (value - result.difference);
    const double error = std::sqrt(squares / (n - 1) / n);
    if (error == 0)
        result.p_value = result.difference == 0 ? 1 : 0;
    else
        result.p_value = detail::student_two_sided(result.difference / error, n - 1);
    return result;
}

struct randomization_options {
    std::size_t rounds = 10'000; ///< how many random assignments are tried; at least 1
    std::uint64_t seed = 42;
};

/// Fisher's randomization test for pairs, two-sided: if the models did not differ, each pair could as
/// well stand the other way round. p = (1 + rounds whose mean difference is at least as large) /
/// (1 + rounds), so it is never 0. Assumes nothing about the distribution (Smucker et al. 2007).
/// @throws shape_error if the sides differ in size, option_error. Complexity: O(rounds · pairs).
template <class = on_use>
[[nodiscard]] paired_test paired_randomization_test(std::span<const double> left,
                                                    std::span<const double> right,
                                                    const randomization_options& options = {}) {
    require_option(options.rounds >= 1, "paired_randomization_test", "rounds",
                   static_cast<double>(options.rounds), "at least 1");
    const std::vector<double> differences = detail::paired_differences(left, right);
    paired_test result{.difference = detail::mean_of(as_span(differences)),
                       .pairs = differences.size()};
    if (differences.empty()) {
        result.p_value = std::numeric_limits<double>::quiet_NaN();
        return result;
    }
    // Sums in another order differ in their last bits; what is equal up to them counts as equal.
    double size = 0;
    for (const double value : differences)
        size += std::abs(value);
    const double observed = std::abs(result.difference) * static_cast<double>(differences.size());
    const double least = observed - 1e-12 * size;
    const counter_random random{options.seed};
    std::size_t extreme = 0;
    for (std::size_t round = 0; round < options.rounds; ++round) {
        const counter_random draw = random.stream(round);
        double sum = 0;
        std::uint64_t signs = 0;
        for (std::size_t at = 0; at < differences.size(); ++at) {
            if (at % 64 == 0)
                signs = draw.bits(at / 64);
            sum += (signs >> at % 64 & 1) != 0 ? differences[at] : -differences[at];
        }
        extreme += std::abs(sum) >= least ? 1U : 0U;
    }
    result.p_value = static_cast<double>(1 + extreme) / static_cast<double>(1 + options.rounds);
    return result;
}

} // namespace hybrec
