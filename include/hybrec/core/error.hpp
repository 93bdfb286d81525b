// SPDX-License-Identifier: MIT
/// @file
/// The exceptions that hybrec throws at its boundary: options, files, data, fitting.
#pragma once

#include <hybrec/core/joined.hpp>
#include <hybrec/core/math.hpp>

#include <cstddef>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <string_view>

namespace hybrec {

/// The root of all of the library's exceptions.
class error : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// An option has a value outside its range. The message names the option, the value, the range.
class option_error : public error {
  public:
    using error::error;
};

/// Data does not have the form that was promised: a bad line of a file, a non-finite value.
class data_error : public error {
  public:
    using error::error;

    /// An error at a place in a file; `line` and `column` count from 1, 0 means unknown.
    data_error(const std::string& file, std::size_t line, std::size_t column,
               const std::string& what)
        : error{place(file, line, column) + what}, line_{line}, column_{column} {}

    [[nodiscard]] std::size_t line() const noexcept { return line_; }
    [[nodiscard]] std::size_t column() const noexcept { return column_; }

  private:
    static std::string place(const std::string& file, std::size_t line, std::size_t column) {
        std::string text = file;
        if (line != 0)
            text += ":" + std::to_string(line);
        if (line != 0 && column != 0)
            text += ":" + std::to_string(column);
        return text + ": ";
    }

    std::size_t line_ = 0;
    std::size_t column_ = 0;
};

/// Sizes that should agree do not, or an index is out of range.
class shape_error : public error {
  public:
    using error::error;
};

/// An external id that an id map does not hold.
class unknown_id_error : public error {
  public:
    using error::error;
};

/// A computation has no finite result: a singular system, a loss that overflowed.
class numeric_error : public error {
  public:
    using error::error;
};

/// A model was asked for something before it was fitted or loaded.
class not_fitted_error : public error {
  public:
    explicit not_fitted_error(std::string_view model)
        : error{joined({model, " has not been fitted or loaded yet; call fit() first"})} {}
};

/// A model would need more memory than its budget allows. The message holds both numbers.
class memory_budget_error : public error {
  public:
    using error::error;
};

/// A file could not be read or written, or is not what it claims to be.
class archive_error : public error {
  public:
    using error::error;
};

/// Work was stopped through its `std::stop_token`.
class cancelled : public error {
  public:
    cancelled() : error{"the work was cancelled through its stop token"} {}
};

/// Throws `option_error` unless `valid`; a NaN fails every range check, so it is refused as well.
/// The message reads: `implicit_als: factors is 0; expected at least 1`.
inline void require_option(bool valid, std::string_view owner, std::string_view field, double value,
                           std::string_view expected) {
    if (valid)
        return;
    // Whole numbers in full, others so that small ones do not show as 0.
    char shown[32];
    const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
    std::snprintf(shown, sizeof shown, whole ? "%.0f" : "%.6g", value);
    fail<option_error>({owner, ": ", field, " is ", shown, "; expected ", expected});
}

/// Throws `shape_error` unless `index` is below `count`; `what` it stands for is in the message.
template <class Index>
void require_below(Index index, std::size_t count, const char* what) {
    if (index.value() >= count)
        fail<shape_error>({what, " ", index.value(), " is out of range; the model has ", count});
}

/// Throws `memory_budget_error` if `bytes` exceeds `budget`; a budget of 0 is no limit.
inline void require_budget(std::string_view owner, std::size_t budget, std::size_t bytes) {
    if (budget != 0 && bytes > budget)
        fail<memory_budget_error>(
            {owner, " needs about ", bytes, " bytes to fit; memory_budget is ", budget});
}

} // namespace hybrec
