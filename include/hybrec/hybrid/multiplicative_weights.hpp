// SPDX-License-Identifier: MIT
/// @file
/// Weights of components that grow by the mean of their last rewards.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/hybrid/detail/log_weights.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

struct multiplicative_weights_options {
    double rate = 0.1;        ///< η: how fast weights move, above 0
    std::size_t window = 100; ///< how many of a component's last rewards count, 1 to 1,000,000

    friend bool operator==(const multiplicative_weights_options&,
                           const multiplicative_weights_options&) noexcept = default;
};

/// wₖ ← wₖ·exp(η·r̄ₖ), weights normalized, where r̄ₖ is the mean of the component's last 100 rewards
/// (the update: Arora, Hazan and Kale 2012). Rewards may come for all components that took part in a
/// round, or one at a time. See `weight_learner`.
class multiplicative_weights {
  public:
    /// @throws option_error unless there are 1 to 32 components, and for options out of range.
    explicit multiplicative_weights(std::size_t components,
                                    multiplicative_weights_options options = {})
        : options_{options},
          weights_{checked(components, options)},
          history_(components * options.window),
          counts_(components) {}

    [[nodiscard]] const multiplicative_weights_options& options() const noexcept {
        return options_;
    }
    [[nodiscard]] std::size_t component_count() const noexcept { return weights_.size(); }
    [[nodiscard]] std::span<const double> weights() const noexcept { return weights_.weights(); }

    /// r̄ₖ; 0 before the first reward.
    [[nodiscard]] double mean_reward(std::size_t component) const noexcept {
        const std::size_t count = std::min<std::size_t>(counts_[component], options_.window);
        double sum = 0;
        for (std::size_t at = 0; at < count; ++at)
            sum += history_[component * options_.window + at];
        return count > 0 ? sum / static_cast<double>(count) : 0;
    }

    /// A round of those awake: their rewards are remembered, then their weights grow.
    /// @throws shape_error, data_error unless there is a reward in [0, 1] for each component awake;
    ///         nothing changes then.
    template <class = on_use>
    void rewards(std::span<const double> values, component_set awake = detail::all_components) {
        detail::require_rewards(values, component_count(), awake, "multiplicative_weights");
        for (std::size_t k = 0; k < component_count(); ++k)
            if (detail::contains(awake, k))
                remember(k, values[k]);
        grow(awake);
    }

    /// One component earned something: the weights of all that ever had a reward grow by their means. A
    /// component that is rewarded more often gains nothing by that.
    template <class = on_use>
    void reward(std::size_t component, double value) {
        assert(component < component_count());
        exponents_.assign(component_count(), value);
        detail::require_rewards(as_span(exponents_), component_count(),
                                component_set{1} << component, "multiplicative_weights");
        remember(component, value);
        component_set known = 0;
        for (std::size_t k = 0; k < component_count(); ++k)
            known |= counts_[k] > 0 ? component_set{1} << k : 0;
        grow(known);
    }

    [[nodiscard]] static std::string type_name() { return "multiplicative_weights"; }
    void save(archive_writer auto& archive) const {
        archive.write_integer("components", static_cast<std::int64_t>(component_count()));
        archive.write_real("rate", options_.rate);
        archive.write_integer("window", static_cast<std::int64_t>(options_.window));
        archive.write_tensor("history", as_span(history_), {component_count(), options_.window});
        archive.write_tensor("counts", as_span(counts_), {counts_.size(), 1});
        weights_.save(archive);
    }
    [[nodiscard]] static multiplicative_weights load(archive_reader auto& archive) {
        return detail::load_learner(archive, [&](std::size_t components) {
            multiplicative_weights learner{
                components,
                {.rate = archive.read_real("rate"), .window = load_size(archive, "window")}};
            auto history = archive.template read_tensor<double>("history").values;
            auto counts = archive.template read_tensor<std::uint64_t>("counts").values;
            if (history.size() != learner.history_.size() || counts.size() != components)
                archive.refuse("history", "it does not fit the components and the window");
            for (const double reward : history)
                if (!(reward >= 0 && reward <= 1))
                    archive.refuse("history", "a reward is not in [0, 1]");
            learner.history_ = std::move(history);
            learner.counts_ = std::move(counts);
            learner.weights_.load(archive);
            return learner;
        });
    }
    friend bool operator==(const multiplicative_weights& left,
                           const multiplicative_weights& right) {
        return left.options_ == right.options_ && left.weights_ == right.weights_ &&
               left.history_ == right.history_ && left.counts_ == right.counts_;
    }

  private:
    static std::size_t checked(std::size_t components,
                               const multiplicative_weights_options& options) {
        detail::require_components(components, "multiplicative_weights");
        require_option(options.rate > 0 && std::isfinite(options.rate), "multiplicative_weights",
                       "rate", options.rate, "a finite number above 0");
        require_option(options.window >= 1 && options.window <= 1'000'000, "multiplicative_weights",
                       "window", static_cast<double>(options.window), "a number from 1 to 1000000");
        return components;
    }
    void remember(std::size_t component, double reward) {
        history_[component * options_.window + counts_[component]++ % options_.window] = reward;
    }
    void grow(component_set awake) {
        exponents_.assign(component_count(), 0.0);
        for (std::size_t k = 0; k < component_count(); ++k)
            if (detail::contains(awake, k))
                exponents_[k] = options_.rate * mean_reward(k);
        weights_.multiply(as_span(exponents_), awake);
    }

    multiplicative_weights_options options_;
    detail::log_weights weights_;
    std::vector<double> history_;       // a ring of `window` rewards for each component
    std::vector<std::uint64_t> counts_; // rewards so far
    std::vector<double> exponents_;
};

} // namespace hybrec
