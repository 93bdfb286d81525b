// SPDX-License-Identifier: MIT
/// @file
/// The ranges that most options have.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/joined.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace hybrec {

/// Checks options of one model, field by field, by `require_option`.
template <class = on_use>
class option_checks {
  public:
    explicit option_checks(std::string_view model) : model_{model} {}

    void at_least_one(std::string_view field, std::size_t value) const {
        require_option(value >= 1, model_, field, static_cast<double>(value), "at least 1");
    }
    void between(std::string_view field, std::size_t value, std::size_t least,
                 std::size_t most) const {
        if (value < least || value > most)
            require_option(false, model_, field, static_cast<double>(value),
                           joined({std::to_string(least), " to ", std::to_string(most)}));
    }
    void above_zero(std::string_view field, double value) const {
        require_option(std::isfinite(value) && value > 0, model_, field, value,
                       "a finite number above 0");
    }
    void from_zero(std::string_view field, double value) const {
        require_option(std::isfinite(value) && value >= 0, model_, field, value,
                       "a finite number of at least 0");
    }
    void fraction(std::string_view field, double value) const {
        require_option(value >= 0 && value < 1, model_, field, value, "at least 0 and below 1");
    }

  private:
    std::string_view model_;
};

} // namespace hybrec
