// SPDX-License-Identifier: MIT
/// @file
/// Business rule: some items count more.
#pragma once

#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/retrieval/filters.hpp>

namespace hybrec {

/// `promotion{items, 1.5}`: multiplies the scores of the items of a list. Owns a sorted copy.
class promotion {
  public:
    /// @param factor at least 1: a promotion demotes nothing
    /// @throws option_error for another factor.
    template <item_history Range>
    promotion(const Range& promoted, double factor) : promoted_{promoted}, factor_{factor} {
        require_option(factor >= 1 && std::isfinite(factor), "promotion", "factor", factor,
                       "a finite number, at least 1");
    }

    template <class Request>
    [[nodiscard]] double factor(const Request&, item_index item) const noexcept {
        return promoted_.admits(item) ? factor_ : 1.0;
    }

  private:
    allowing<item_index> promoted_;
    double factor_;
};

} // namespace hybrec
