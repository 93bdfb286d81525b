// SPDX-License-Identifier: MIT
/// @file
/// Weights that are multiplied by exponentials, kept as logarithms.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/retrieval/archive_options.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Whether component k is in the set.
[[nodiscard]] constexpr bool contains(component_set set, std::size_t component) noexcept {
    return (set >> component & 1U) != 0;
}
inline constexpr component_set all_components = ~component_set{0};

inline void require_components(std::size_t components, std::string_view owner) {
    require_option(components >= 1 && components <= score_table::max_components, owner,
                   "components", static_cast<double>(components), "a number from 1 to 32");
}

/// @throws shape_error, data_error unless there is a reward in [0, 1] for each component awake.
template <class = on_use>
void require_rewards(std::span<const double> rewards, std::size_t components, component_set awake,
                     std::string_view owner) {
    if (rewards.size() != components)
        fail<shape_error>({owner, ": expected ", components, " rewards, found ", rewards.size()});
    for (std::size_t k = 0; k < components; ++k)
        if (contains(awake, k) && !(rewards[k] >= 0 && rewards[k] <= 1))
            fail<data_error>(
                {owner, ": the reward of component ", k, " is ", rewards[k], "; expected 0 to 1"});
}

/// Positive weights that sum to 1. As logarithms they come back from any depth: a weight of e⁻¹⁰⁰⁰
/// shows as 0, but is none.
class log_weights {
  public:
    explicit log_weights(std::size_t components)
        : logs_(components, -std::log(static_cast<double>(components))),
          weights_(components, 1 / static_cast<double>(components)) {}

    [[nodiscard]] std::size_t size() const noexcept { return weights_.size(); }
    [[nodiscard]] std::span<const double> weights() const noexcept { return as_span(weights_); }

    /// wₖ ← wₖ·exp(exponents[k]) for those awake, scaled so that they keep their total weight.
    template <class = on_use>
    void multiply(std::span<const double> exponents, component_set awake) {
        const double before = log_total(awake);
        for (std::size_t k = 0; k < size(); ++k)
            if (contains(awake, k))
                logs_[k] += exponents[k];
        shift(awake, before);
    }

    /// wₖ ← (1 − share)·wₖ + share·(total weight of those awake)/(their number), for those awake.
    template <class = on_use>
    void mix(double share, component_set awake) {
        const double before = log_total(awake);
        double count = 0;
        for (std::size_t k = 0; k < size(); ++k)
            count += contains(awake, k) ? 1.0 : 0.0;
        for (std::size_t k = 0; k < size(); ++k)
            if (contains(awake, k))
                logs_[k] =
                    before + std::log((1 - share) * std::exp(logs_[k] - before) + share / count);
        shift(awake, before);
    }

    void save(archive_writer auto& archive) const {
        archive.write_tensor("log_weights", as_span(logs_), {logs_.size(), 1});
    }
    void load(archive_reader auto& archive) {
        auto stored = archive.template read_tensor<double>("log_weights");
        if (stored.values.size() != size())
            archive.refuse("log_weights", "expected " + std::to_string(size()) +
                                              " weights, found " +
                                              std::to_string(stored.values.size()));
        logs_ = std::move(stored.values);
        const bool finite =
            std::all_of(logs_.begin(), logs_.end(), [](double log) { return std::isfinite(log); });
        if (!finite || std::abs(log_total(all_components)) > 1e-6)
            archive.refuse("log_weights", "the weights do not sum to 1");
        show();
    }
    friend bool operator==(const log_weights&, const log_weights&) = default;

  private:
    /// ln Σ w over a set; −∞ if it is empty.
    [[nodiscard]] double log_total(component_set set) const noexcept {
        double largest = -std::numeric_limits<double>::infinity();
        for (std::size_t k = 0; k < size(); ++k)
            if (contains(set, k))
                largest = std::max(largest, logs_[k]);
        double sum = 0;
        for (std::size_t k = 0; k < size(); ++k)
            if (contains(set, k))
                sum += std::exp(logs_[k] - largest);
        return largest + std::log(sum);
    }

    /// Scales a set to the total e^`total`, or to 1 if it is all there is.
    void shift(component_set set, double total) noexcept {
        const component_set all = all_components >> (32 - size());
        const double by = ((set & all) == all ? 0 : total) - log_total(set);
        for (std::size_t k = 0; k < size(); ++k)
            if (contains(set, k))
                logs_[k] += by;
        show();
    }
    void show() noexcept {
        for (std::size_t k = 0; k < size(); ++k)
            weights_[k] = std::exp(logs_[k]);
    }

    std::vector<double> logs_;
    std::vector<double> weights_;
};

/// `make(components)` for the number that the archive names; refuses options out of range.
template <class Make>
[[nodiscard]] auto load_learner(archive_reader auto& archive, const Make& make) {
    try {
        return make(load_size(archive, "components"));
    } catch (const option_error& problem) {
        archive.refuse("options", problem.what());
        throw;
    }
}

} // namespace hybrec::detail
