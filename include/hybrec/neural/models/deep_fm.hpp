// SPDX-License-Identifier: MIT
/// @file
/// deep_fm: a factorization machine and a deep network that share the vectors of ids and features.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/neural/detail/feature_options.hpp>
#include <hybrec/neural/models/deep_fm_network.hpp>
#include <hybrec/neural/models/feature_network_model.hpp>
#include <hybrec/neural/rating_samples.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace hybrec::neural {

/// Options of `deep_fm`. How it is trained is said in `training_options`.
struct deep_fm_options {
    std::size_t embedding = 64;                ///< length of the fields' vectors, 1 … 2048
    std::array<std::size_t, 2> hidden{64, 32}; ///< widths of the hidden layers
    double dropout = 0.2;                      ///< after each of them; at least 0 and below 1
    double id_dropout = 0.1;         ///< how often a sample is of an unknown user, or item
    double initial_deviation = 0.05; ///< of the vectors' starting values; above 0
    double weight_decay = 0;         ///< λ of AdamW; at least 0
    std::size_t negatives = 4;       ///< items of label 0 drawn per entry and epoch; 0 for ratings
    label_range labels{}; ///< which value is label 0 and which 1; equal: those of the data
    std::size_t fold_in_steps = 50; ///< Adam steps of `fold_in`; at least 1
    double fold_in_rate = 0.02;     ///< their learning rate; above 0
    std::uint64_t seed = 42;        ///< of the starting values
    std::size_t memory_budget = 0;  ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field but the labels, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        detail::for_each_feature_option(options, visit);
    }
    friend bool operator==(const deep_fm_options&, const deep_fm_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
template <class Use = on_use>
void validate(const deep_fm_options& options) {
    detail::check_feature_options<Use>("deep_fm", options);
}

/// DeepFM (Guo et al. 2017): P(like) = σ(b + linear + pairs + tower), where linear sums a weight for
/// each field (user, item, and what describes them), pairs the inner products of their vectors, and
/// the tower is a deep network over the same vectors. See `feature_network_model` for what all such
/// models can do.
class deep_fm : public feature_network_model<deep_fm, deep_fm_options, deep_fm_network<float>> {
  public:
    using feature_network_model::feature_network_model;
    [[nodiscard]] static std::string type_name() { return "deep_fm"; }
};

} // namespace hybrec::neural
