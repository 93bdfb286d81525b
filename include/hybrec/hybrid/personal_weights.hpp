// SPDX-License-Identifier: MIT
/// @file
/// Weights for each segment or user, shrunk towards those of all.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/error.hpp>

#include <cassert>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <utility>

namespace hybrec {

struct personal_weights_options {
    /// κ: after how many rounds of its own a key counts as much as everybody; at least 0
    double shrinkage = 50;
    /// how many keys have weights of their own; later ones learn for everybody only
    std::size_t max_keys = 1'000'000;

    friend bool operator==(const personal_weights_options&,
                           const personal_weights_options&) noexcept = default;
};

/// A learner for everybody, and one for each key, a segment or a user. After n rounds of its own, a key
/// is served with
///
///     (n·own + κ·global) / (n + κ)
///
/// where `own` began as a copy of the prototype. Every round teaches both. Memory: a copy of the
/// prototype for each key.
template <weight_learner Learner>
class personal_weights {
  public:
    using key_type = std::uint32_t;

    /// @throws option_error for a negative or infinite shrinkage.
    explicit personal_weights(Learner prototype, personal_weights_options options = {})
        : prototype_{std::move(prototype)}, everybody_{prototype_}, options_{options} {
        require_option(options.shrinkage >= 0 && std::isfinite(options.shrinkage),
                       "personal_weights", "shrinkage", options.shrinkage,
                       "a finite number, at least 0");
    }

    [[nodiscard]] const personal_weights_options& options() const noexcept { return options_; }
    [[nodiscard]] std::size_t component_count() const noexcept {
        return everybody_.component_count();
    }
    [[nodiscard]] const Learner& everybody() const noexcept { return everybody_; }
    /// How many keys have weights of their own.
    [[nodiscard]] std::size_t key_count() const noexcept { return own_.size(); }

    /// Writes the weights of a key: positive, summing to 1.
    /// @pre `out` has a place for each component.
    void weights(key_type key, std::span<float> out) const {
        assert(out.size() == component_count());
        const auto found = own_.find(key);
        const double rounds = found == own_.end() ? 0.0 : static_cast<double>(found->second.rounds);
        const double total = rounds + options_.shrinkage;
        const double share = total > 0 ? rounds / total : 0;
        for (std::size_t k = 0; k < out.size(); ++k) {
            double weight = everybody_.weights()[k];
            if (share > 0)
                weight += share * (found->second.learner.weights()[k] - weight);
            out[k] = static_cast<float>(weight);
        }
    }

    /// A round of a key. @throws what the learner throws; nothing changes then.
    void rewards(key_type key, std::span<const double> values,
                 component_set awake = ~component_set{0}) {
        everybody_.rewards(values, awake); // refuses what is wrong
        auto found = own_.find(key);
        if (found == own_.end()) {
            if (own_.size() >= options_.max_keys)
                return;
            found = own_.emplace(key, entry{prototype_, 0}).first;
        }
        found->second.learner.rewards(values, awake);
        ++found->second.rounds;
    }

    friend bool operator==(const personal_weights&, const personal_weights&) = default;

  private:
    struct entry {
        Learner learner;
        std::uint64_t rounds = 0;
        friend bool operator==(const entry&, const entry&) = default;
    };

    Learner prototype_;
    Learner everybody_;
    personal_weights_options options_;
    std::unordered_map<key_type, entry> own_;
};

} // namespace hybrec
