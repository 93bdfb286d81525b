// SPDX-License-Identifier: MIT
/// @file
/// Hedge: weights of components that lose by their losses.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/hybrid/detail/log_weights.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

struct hedge_options {
    /// T: how many rounds there will be, at least 1; sets the rate
    std::size_t rounds = 10'000;
    /// η: how fast weights move, at least 0; 0: √(8·ln K / T), which bounds the regret of T rounds by
    /// √(T·ln K / 2)
    double rate = 0;

    friend bool operator==(const hedge_options&, const hedge_options&) noexcept = default;
};

/// wₖ ← wₖ·exp(−η·ℓₖ) with losses ℓ = 1 − reward, weights normalized (Freund and Schapire 1997; the
/// rate and its bound: Cesa-Bianchi and Lugosi 2006, theorem 2.2). See `weight_learner`.
class hedge {
  public:
    /// @throws option_error unless there are 1 to 32 components, and for options out of range.
    explicit hedge(std::size_t components, hedge_options options = {})
        : options_{options}, weights_{checked(components, options)} {
        rate_ = options.rate > 0 ? options.rate
                                 : std::sqrt(8 * std::log(static_cast<double>(components)) /
                                             static_cast<double>(options.rounds));
    }

    [[nodiscard]] const hedge_options& options() const noexcept { return options_; }
    [[nodiscard]] double rate() const noexcept { return rate_; }
    [[nodiscard]] std::size_t component_count() const noexcept { return weights_.size(); }
    [[nodiscard]] std::span<const double> weights() const noexcept { return weights_.weights(); }

    /// @throws shape_error, data_error unless there is a reward in [0, 1] for each component awake; the
    ///         weights are then as before.
    template <class = on_use>
    void rewards(std::span<const double> values, component_set awake = detail::all_components) {
        detail::require_rewards(values, component_count(), awake, "hedge");
        exponents_.assign(component_count(), 0.0);
        for (std::size_t k = 0; k < component_count(); ++k)
            if (detail::contains(awake, k))
                exponents_[k] = rate_ * (values[k] - 1);
        weights_.multiply(as_span(exponents_), awake);
    }

    [[nodiscard]] static std::string type_name() { return "hedge"; }
    void save(archive_writer auto& archive) const {
        archive.write_integer("components", static_cast<std::int64_t>(component_count()));
        archive.write_integer("rounds", static_cast<std::int64_t>(options_.rounds));
        archive.write_real("rate", options_.rate);
        weights_.save(archive);
    }
    [[nodiscard]] static hedge load(archive_reader auto& archive) {
        return detail::load_learner(archive, [&](std::size_t components) {
            hedge learner{
                components,
                {.rounds = load_size(archive, "rounds"), .rate = archive.read_real("rate")}};
            learner.weights_.load(archive);
            return learner;
        });
    }
    friend bool operator==(const hedge& left, const hedge& right) {
        return left.options_ == right.options_ && left.weights_ == right.weights_;
    }

  private:
    static std::size_t checked(std::size_t components, const hedge_options& options) {
        detail::require_components(components, "hedge");
        require_option(options.rounds >= 1, "hedge", "rounds", static_cast<double>(options.rounds),
                       "at least 1");
        require_option(options.rate >= 0 && std::isfinite(options.rate), "hedge", "rate",
                       options.rate, "a finite number, at least 0");
        return components;
    }

    hedge_options options_;
    double rate_ = 0;
    detail::log_weights weights_;
    std::vector<double> exponents_;
};

} // namespace hybrec
