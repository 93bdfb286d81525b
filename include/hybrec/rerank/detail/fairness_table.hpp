// SPDX-License-Identifier: MIT
/// @file
/// How many protected items each prefix of a fair list needs.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::detail {

/// m(1), …, m(k): m(n) is the least m at which n draws, each protected with probability
/// `proportion`, give at most m protected ones with probability `significance` or more (Zehlike et
/// al. 2017, section 3). Complexity: O(k²).
template <class = on_use>
[[nodiscard]] std::vector<std::uint32_t> fairness_table(std::size_t k, double proportion,
                                                        double significance) {
    std::vector<std::uint32_t> table;
    std::vector<double> draws{1}; // probabilities of 0, 1, … protected ones
    for (std::size_t n = 1; n <= k; ++n) {
        draws.push_back(0);
        for (std::size_t m = n; m > 0; --m)
            draws[m] = draws[m] * (1 - proportion) + draws[m - 1] * proportion;
        draws[0] *= 1 - proportion;
        std::uint32_t needed = 0;
        double cumulated = draws[0];
        while (cumulated < significance && needed < n)
            cumulated += draws[++needed];
        table.push_back(needed);
    }
    return table;
}

/// The probability that a list of fair draws fails at least one of the prefixes, exactly: probabilities
/// of the numbers of protected items among lists that have not failed so far. Complexity: O(k²).
template <class = on_use>
[[nodiscard]] double failure_probability(const std::vector<std::uint32_t>& table,
                                         double proportion) {
    std::vector<double> passing{1};
    double failed = 0;
    for (const std::uint32_t needed : table) {
        passing.push_back(0);
        for (std::size_t m = passing.size() - 1; m > 0; --m)
            passing[m] = passing[m] * (1 - proportion) + passing[m - 1] * proportion;
        passing[0] *= 1 - proportion;
        for (std::size_t m = 0; m < needed && m < passing.size(); ++m) {
            failed += passing[m];
            passing[m] = 0;
        }
    }
    return failed;
}

/// The largest significance of a single test, at most `significance`, at which a list of fair draws
/// fails no prefix with probability 1 − `significance` or more. The probability is a step function
/// that does not fall, so halving an interval finds it.
template <class = on_use>
[[nodiscard]] double adjusted_significance(std::size_t k, double proportion, double significance) {
    const auto passes = [&](double single) {
        return failure_probability(fairness_table(k, proportion, single), proportion) <=
               significance;
    };
    if (passes(significance))
        return significance;
    double low = 0;
    double high = significance;
    for (int halving = 0; halving < 50; ++halving) {
        const double middle = (low + high) / 2;
        (passes(middle) ? low : high) = middle;
    }
    return low;
}

} // namespace hybrec::detail
