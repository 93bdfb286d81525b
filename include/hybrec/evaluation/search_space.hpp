// SPDX-License-Identifier: MIT
/// @file
/// Which values of which options a search tries.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/random.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

/// One option that a search varies: `set_random(options, random, position)` gives it a random value,
/// the same for the same position. Models: `choices`, `uniform`, `log_uniform`.
template <class Axis, class Options>
concept search_axis = requires(const Axis& axis, Options& options, const counter_random& random) {
    axis.set_random(options, random, std::uint64_t{});
};

/// One of finitely many values: `size()` says how many, `set(options, k)` takes the k-th.
template <class Axis, class Options>
concept finite_axis = search_axis<Axis, Options> && requires(const Axis& axis, Options& options) {
    { axis.size() } -> std::same_as<std::size_t>;
    axis.set(options, std::size_t{});
};

/// Tries each of the values of a field: `choices{&als_options::factors, {32, 64, 128}}`.
template <class Options, class Field>
class choices {
  public:
    /// @throws option_error if there are no values.
    choices(Field Options::*field, std::initializer_list<std::type_identity_t<Field>> values)
        : field_{field}, values_{values} {
        if (values_.empty())
            fail<option_error>({"choices: there are no values to choose from"});
    }

    [[nodiscard]] std::size_t size() const noexcept { return values_.size(); }
    void set(Options& options, std::size_t at) const { options.*field_ = values_[at]; }
    void set_random(Options& options, const counter_random& random, std::uint64_t position) const {
        set(options, static_cast<std::size_t>(random.below(values_.size(), position)));
    }

  private:
    Field Options::*field_;
    std::vector<Field> values_;
};

/// Tries values of a field that are uniform on [low, high): `uniform{&bm25::b, 0.0, 1.0}`.
template <class Options, std::floating_point Field>
class uniform {
  public:
    /// @throws option_error unless low < high.
    uniform(Field Options::*field, std::type_identity_t<Field> low,
            std::type_identity_t<Field> high)
        : field_{field}, low_{low}, high_{high} {
        require_option(low < high, "uniform", "low", static_cast<double>(low),
                       "less than high, " + std::to_string(high));
    }

    void set_random(Options& options, const counter_random& random, std::uint64_t position) const {
        options.*field_ = static_cast<Field>(
            static_cast<double>(low_) +
            random.uniform(position) * (static_cast<double>(high_) - static_cast<double>(low_)));
    }

  private:
    Field Options::*field_;
    Field low_;
    Field high_;
};

/// Tries values of a field whose logarithm is uniform, as scales of regularization want it:
/// `log_uniform{&als_options::regularization, 1e-3, 100.0}`.
template <class Options, std::floating_point Field>
class log_uniform {
  public:
    /// @throws option_error unless 0 < low < high.
    log_uniform(Field Options::*field, std::type_identity_t<Field> low,
                std::type_identity_t<Field> high)
        : field_{field}, low_{low}, high_{high} {
        require_option(low > 0 && low < high, "log_uniform", "low", static_cast<double>(low),
                       "above 0 and less than high, " + std::to_string(high));
    }

    void set_random(Options& options, const counter_random& random, std::uint64_t position) const {
        const double low = std::log(static_cast<double>(low_));
        const double high = std::log(static_cast<double>(high_));
        options.*field_ =
            static_cast<Field>(std::exp(low + random.uniform(position) * (high - low)));
    }

  private:
    Field Options::*field_;
    Field low_;
    Field high_;
};

} // namespace hybrec
