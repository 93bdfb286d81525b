// SPDX-License-Identifier: MIT
/// @file
/// Weights for each segment or user, shrunk towards those of all.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/nested_archive.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

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

    [[nodiscard]] static std::string type_name() requires archivable<Learner> {
        return "personal_weights<" + Learner::type_name() + ">";
    }
    /// Complexity: a learner's archive for each key; the keys ascend, whatever order they came in.
    void save(archive_writer auto& archive) const requires archivable<Learner> {
        archive.write_real("shrinkage", options_.shrinkage);
        archive.write_integer("max_keys", static_cast<std::int64_t>(options_.max_keys));
        nested_archive prototype{archive, "prototype."}, everybody{archive, "everybody."};
        prototype_.save(prototype);
        everybody_.save(everybody);
        std::vector<key_type> keys;
        for (const auto& each : own_)
            keys.push_back(each.first);
        std::sort(keys.begin(), keys.end());
        std::vector<std::uint64_t> rounds;
        for (const key_type key : keys) {
            rounds.push_back(own_.at(key).rounds);
            nested_archive own{archive, own_prefix(key)};
            own_.at(key).learner.save(own);
        }
        archive.write_tensor("keys", as_span(keys), {keys.size(), 1});
        archive.write_tensor("rounds", as_span(rounds), {rounds.size(), 1});
    }
    [[nodiscard]] static personal_weights
    load(archive_reader auto& archive) requires archivable<Learner> {
        auto all = load_prototype(archive);
        const std::size_t components = all.component_count();
        nested_archive everybody{archive, "everybody."};
        all.everybody_ = Learner::load(everybody);
        if (all.component_count() != components)
            everybody.refuse("components",
                             "differs from those of the prototype, " + std::to_string(components));
        const auto keys = archive.template read_tensor<key_type>("keys").values;
        const auto rounds = archive.template read_tensor<std::uint64_t>("rounds").values;
        if (rounds.size() != keys.size() || keys.size() > all.options_.max_keys)
            archive.refuse("rounds", "expected one for each of the " + std::to_string(keys.size()) +
                                         " keys, at most max_keys; found " +
                                         std::to_string(rounds.size()));
        for (std::size_t at = 0; at < keys.size(); ++at) {
            nested_archive own{archive, own_prefix(keys[at])};
            entry learned{Learner::load(own), rounds[at]};
            if (learned.learner.component_count() != components)
                own.refuse("components",
                           "differs from those of the prototype, " + std::to_string(components));
            if (!all.own_.emplace(keys[at], std::move(learned)).second)
                archive.refuse("keys", "key " + std::to_string(keys[at]) + " is there twice");
        }
        return all;
    }

    friend bool operator==(const personal_weights&, const personal_weights&) = default;

  private:
    [[nodiscard]] static personal_weights load_prototype(archive_reader auto& archive) {
        nested_archive prototype{archive, "prototype."};
        try {
            return personal_weights{Learner::load(prototype),
                                    {.shrinkage = archive.read_real("shrinkage"),
                                     .max_keys = load_size(archive, "max_keys")}};
        } catch (const option_error& problem) {
            archive.refuse("shrinkage", problem.what());
            throw;
        }
    }
    /// "own7."
    [[nodiscard]] static std::string own_prefix(key_type key) {
        return "own" + std::to_string(key) + ".";
    }

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
