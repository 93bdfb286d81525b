// SPDX-License-Identifier: MIT
/// @file
/// The area under the ROC curve of one user.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/on_use.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace hybrec {

/// The probability that a relevant item scores higher than another one, ties counting one half
/// (Mann–Whitney): pairs in the right order / (|relevant| · |others|). All items that are not in
/// the user's training data take part.
struct auc {
    [[nodiscard]] std::string name() const { return "auc"; }

    /// Sorts `relevant`; NaN if either is empty, as there is no pair to judge.
    ///
    /// Pairs are counted in integers, so the result does not depend on the order of the scores.
    /// Complexity: O((|relevant| + |others|) · log |relevant|); does not allocate.
    /// @pre no score is NaN; there are less than 2⁶³ pairs.
    template <class = on_use>
    [[nodiscard]] double operator()(std::span<double> relevant,
                                    std::span<double> others) const noexcept {
        if (relevant.empty() || others.empty())
            return std::numeric_limits<double>::quiet_NaN();
        std::sort(relevant.begin(), relevant.end());
        std::uint64_t doubled = 0; // twice the number of pairs, because a tie is one half
        for (const double score : others) {
            const auto [from, to] = std::equal_range(relevant.begin(), relevant.end(), score);
            doubled += static_cast<std::uint64_t>(to - from) +
                       2 * static_cast<std::uint64_t>(relevant.end() - to);
        }
        return static_cast<double>(doubled) / 2 / static_cast<double>(relevant.size()) /
               static_cast<double>(others.size());
    }
};

} // namespace hybrec
