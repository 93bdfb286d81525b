// SPDX-License-Identifier: MIT
/// @file
/// Fixed share: Hedge that follows a best component that changes.
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

struct fixed_share_options {
    double rate = 0.1; ///< η: how fast weights move, above 0
    double share =
        0.01; ///< σ in [0, 1): what a round spreads over all; about 1 change in 1/σ rounds

    friend bool operator==(const fixed_share_options&,
                           const fixed_share_options&) noexcept = default;
};

/// wₖ ← wₖ·exp(−η·ℓₖ) with losses ℓ = 1 − reward, weights normalized; then w ← (1 − σ)·w + σ/K (Herbster
/// and Warmuth 1998). No weight falls below σ/K, so that a component that gets better is found again.
/// See `weight_learner`.
class fixed_share {
  public:
    /// @throws option_error unless there are 1 to 32 components, and for options out of range.
    explicit fixed_share(std::size_t components, fixed_share_options options = {})
        : options_{options}, weights_{checked(components, options)} {}

    [[nodiscard]] const fixed_share_options& options() const noexcept { return options_; }
    [[nodiscard]] std::size_t component_count() const noexcept { return weights_.size(); }
    [[nodiscard]] std::span<const double> weights() const noexcept { return weights_.weights(); }

    /// @throws shape_error, data_error unless there is a reward in [0, 1] for each component awake; the
    ///         weights are then as before.
    template <class = on_use>
    void rewards(std::span<const double> values, component_set awake = detail::all_components) {
        detail::require_rewards(values, component_count(), awake, "fixed_share");
        exponents_.assign(component_count(), 0.0);
        for (std::size_t k = 0; k < component_count(); ++k)
            if (detail::contains(awake, k))
                exponents_[k] = options_.rate * (values[k] - 1);
        weights_.multiply(as_span(exponents_), awake);
        weights_.mix(options_.share, awake);
    }

    [[nodiscard]] static std::string type_name() { return "fixed_share"; }
    void save(archive_writer auto& archive) const {
        archive.write_integer("components", static_cast<std::int64_t>(component_count()));
        archive.write_real("rate", options_.rate);
        archive.write_real("share", options_.share);
        weights_.save(archive);
    }
    [[nodiscard]] static fixed_share load(archive_reader auto& archive) {
        return detail::load_learner(archive, [&](std::size_t components) {
            fixed_share learner{
                components,
                {.rate = archive.read_real("rate"), .share = archive.read_real("share")}};
            learner.weights_.load(archive);
            return learner;
        });
    }
    friend bool operator==(const fixed_share& left, const fixed_share& right) {
        return left.options_ == right.options_ && left.weights_ == right.weights_;
    }

  private:
    static std::size_t checked(std::size_t components, const fixed_share_options& options) {
        detail::require_components(components, "fixed_share");
        require_option(options.rate > 0 && std::isfinite(options.rate), "fixed_share", "rate",
                       options.rate, "a finite number above 0");
        require_option(options.share >= 0 && options.share < 1, "fixed_share", "share",
                       options.share, "a number from 0 to below 1");
        return components;
    }

    fixed_share_options options_;
    detail::log_weights weights_;
    std::vector<double> exponents_;
};

} // namespace hybrec
