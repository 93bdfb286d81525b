// SPDX-License-Identifier: MIT
/// @file
/// EXP3: weights of components of which only the one that served is rewarded.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/hybrid/detail/log_weights.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

struct exp3_options {
    double exploration = 0.1; ///< γ in (0, 1]: how much is played evenly

    friend bool operator==(const exp3_options&, const exp3_options&) noexcept = default;
};

/// pₖ = (1 − γ)·wₖ/Σw + γ/K; the component that was played with probability pₖ and earned r gets
/// wₖ ← wₖ·exp(γ·r/(pₖ·K)) (Auer, Cesa-Bianchi, Freund and Schapire 2002, fig. 1). For switching hybrids,
/// where nobody knows what the others would have earned. If only some are awake, Σw and K are theirs,
/// and they keep their total weight.
class exp3 {
  public:
    /// @throws option_error unless there are 1 to 32 components, and for options out of range.
    explicit exp3(std::size_t components, exp3_options options = {})
        : options_{options}, weights_{checked(components, options)} {}

    [[nodiscard]] const exp3_options& options() const noexcept { return options_; }
    [[nodiscard]] std::size_t component_count() const noexcept { return weights_.size(); }
    /// w, summing to 1.
    [[nodiscard]] std::span<const double> weights() const noexcept { return weights_.weights(); }

    /// pₖ; 0 for a component that is not awake.
    [[nodiscard]] double probability(std::size_t component,
                                     component_set awake = detail::all_components) const noexcept {
        if (!detail::contains(awake, component))
            return 0;
        double total = 0, count = 0;
        for (std::size_t k = 0; k < component_count(); ++k)
            if (detail::contains(awake, k)) {
                total += weights()[k];
                ++count;
            }
        // Weights so small that they show as 0 are all alike.
        const double share = total > 0 ? weights()[component] / total : 1 / count;
        return (1 - options_.exploration) * share + options_.exploration / count;
    }

    /// Draws the component to play, by `random` at `position`.
    /// @pre one is awake.
    [[nodiscard]] std::size_t play(const counter_random& random, std::uint64_t position,
                                   component_set awake = detail::all_components) const noexcept {
        double rest = random.uniform(position);
        std::size_t last = 0;
        for (std::size_t k = 0; k < component_count(); ++k) {
            if (!detail::contains(awake, k))
                continue;
            last = k;
            rest -= probability(k, awake);
            if (rest < 0)
                break;
        }
        return last;
    }

    /// The component that was played earned `value`, in [0, 1], while these were awake.
    /// @pre it is one of them. @throws data_error for another value; nothing changes then.
    template <class = on_use>
    void reward(std::size_t played, double value, component_set awake = detail::all_components) {
        assert(played < component_count() && detail::contains(awake, played));
        exponents_.assign(component_count(), value);
        detail::require_rewards(as_span(exponents_), component_count(), component_set{1} << played,
                                "exp3");
        double count = 0;
        for (std::size_t k = 0; k < component_count(); ++k)
            count += detail::contains(awake, k) ? 1.0 : 0.0;
        exponents_.assign(component_count(), 0.0);
        exponents_[played] = options_.exploration * value / (probability(played, awake) * count);
        weights_.multiply(as_span(exponents_), awake);
    }

    [[nodiscard]] static std::string type_name() { return "exp3"; }
    void save(archive_writer auto& archive) const {
        archive.write_integer("components", static_cast<std::int64_t>(component_count()));
        archive.write_real("exploration", options_.exploration);
        weights_.save(archive);
    }
    [[nodiscard]] static exp3 load(archive_reader auto& archive) {
        return detail::load_learner(archive, [&](std::size_t components) {
            exp3 learner{components, {.exploration = archive.read_real("exploration")}};
            learner.weights_.load(archive);
            return learner;
        });
    }
    friend bool operator==(const exp3& left, const exp3& right) {
        return left.options_ == right.options_ && left.weights_ == right.weights_;
    }

  private:
    static std::size_t checked(std::size_t components, const exp3_options& options) {
        detail::require_components(components, "exp3");
        require_option(options.exploration > 0 && options.exploration <= 1, "exp3", "exploration",
                       options.exploration, "a number above 0, at most 1");
        return components;
    }

    exp3_options options_;
    detail::log_weights weights_;
    std::vector<double> exponents_;
};

} // namespace hybrec
