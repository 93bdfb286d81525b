// SPDX-License-Identifier: MIT
/// @file
/// What components earned, round after round, to be learned again.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/hybrid/detail/log_weights.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

struct reward_log_options {
    /// how many rounds it holds, at 8 bytes for each component and 8 more; at least 1
    std::size_t capacity = 1'000'000;

    friend bool operator==(const reward_log_options&, const reward_log_options&) noexcept = default;
};

/// Rounds of rewards, in their order. Replayed into a learner in the state of the first round, they
/// give the same bits as they did. When it is full, save the learner beside it, and `clear`: no round is
/// dropped silently.
class reward_log {
  public:
    using key_type = std::uint32_t;

    /// A round: who it was for, and what those awake earned.
    struct round {
        key_type key = 0;
        component_set awake = 0;
        std::span<const double> rewards; ///< 0 for those not awake
    };

    /// @throws option_error unless there are 1 to 32 components, and for a capacity of 0.
    explicit reward_log(std::size_t components, reward_log_options options = {})
        : components_{components}, options_{options} {
        detail::require_components(components, "reward_log");
        require_option(options.capacity >= 1, "reward_log", "capacity",
                       static_cast<double>(options.capacity), "at least 1");
    }

    [[nodiscard]] const reward_log_options& options() const noexcept { return options_; }
    [[nodiscard]] std::size_t component_count() const noexcept { return components_; }
    [[nodiscard]] std::size_t size() const noexcept { return keys_.size(); }
    template <class = on_use>
    [[nodiscard]] round operator[](std::size_t at) const noexcept {
        return {keys_[at], awake_[at], {rewards_.data() + at * components_, components_}};
    }

    /// @return whether there was room. @throws shape_error, data_error unless there is a reward in [0, 1]
    ///         for each component awake.
    template <class = on_use>
    bool append(std::span<const double> rewards, component_set awake = detail::all_components,
                key_type key = 0) {
        detail::require_rewards(rewards, components_, awake, "reward_log");
        if (size() >= options_.capacity)
            return false;
        awake &= detail::all_components >> (32 - components_);
        keys_.push_back(key);
        awake_.push_back(awake);
        for (std::size_t k = 0; k < components_; ++k)
            rewards_.push_back(detail::contains(awake, k) ? rewards[k] : 0.0);
        return true;
    }

    void clear() noexcept {
        keys_.clear();
        awake_.clear();
        rewards_.clear();
    }

    /// Teaches a learner, or weights with keys, every round.
    template <class Learner>
    void replay(Learner& learner) const {
        for (std::size_t at = 0; at < size(); ++at) {
            const round each = (*this)[at];
            if constexpr (requires { learner.rewards(each.key, each.rewards, each.awake); })
                learner.rewards(each.key, each.rewards, each.awake);
            else
                learner.rewards(each.rewards, each.awake);
        }
    }

    [[nodiscard]] static std::string type_name() { return "reward_log"; }
    void save(archive_writer auto& archive) const {
        archive.write_integer("components", static_cast<std::int64_t>(components_));
        archive.write_integer("capacity", static_cast<std::int64_t>(options_.capacity));
        archive.write_tensor("keys", as_span(keys_), {size(), 1});
        archive.write_tensor("awake", as_span(awake_), {size(), 1});
        archive.write_tensor("rewards", as_span(rewards_), {size(), components_});
    }
    [[nodiscard]] static reward_log load(archive_reader auto& archive) {
        return detail::load_learner(archive, [&](std::size_t components) {
            reward_log log{components, {.capacity = load_size(archive, "capacity")}};
            const auto keys = archive.template read_tensor<std::uint32_t>("keys").values;
            const auto awake = archive.template read_tensor<std::uint32_t>("awake").values;
            const auto rewards = archive.template read_tensor<double>("rewards").values;
            if (awake.size() != keys.size() || rewards.size() != keys.size() * components)
                archive.refuse("rewards", "they do not fit the number of rounds");
            try {
                for (std::size_t at = 0; at < keys.size(); ++at)
                    if (!log.append({rewards.data() + at * components, components}, awake[at],
                                    keys[at]))
                        archive.refuse("capacity", "there are more rounds than it holds");
            } catch (const data_error& problem) {
                archive.refuse("rewards", problem.what());
            }
            return log;
        });
    }
    friend bool operator==(const reward_log&, const reward_log&) = default;

  private:
    std::size_t components_;
    reward_log_options options_;
    std::vector<key_type> keys_;
    std::vector<component_set> awake_;
    std::vector<double> rewards_; // round after round
};

} // namespace hybrec
