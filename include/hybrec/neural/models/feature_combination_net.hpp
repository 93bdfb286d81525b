// SPDX-License-Identifier: MIT
/// @file
/// feature_combination_net: ids and contents of user and item through one deep network.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>
#include <hybrec/neural/detail/feature_options.hpp>
#include <hybrec/neural/models/feature_combination_network.hpp>
#include <hybrec/neural/models/feature_network_model.hpp>
#include <hybrec/neural/rating_samples.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace hybrec::neural {

/// Options of `feature_combination_net`. How it is trained is said in `training_options`.
struct feature_combination_net_options {
    std::size_t embedding = 32;      ///< length of the vectors of ids and contents, 1 … 2048
    std::size_t content_hidden = 64; ///< width of the network that makes contents of features
    std::array<std::size_t, 2> hidden{128, 64}; ///< widths of the hidden layers
    double dropout = 0.2;                       ///< after each of them; at least 0 and below 1
    double id_dropout = 0.1;         ///< how often a sample is of an unknown user, or item
    double initial_deviation = 0.05; ///< of the ids' starting values; above 0
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
        visit("content_hidden", options.content_hidden);
    }
    friend bool operator==(const feature_combination_net_options&,
                           const feature_combination_net_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
template <class Use = on_use>
void validate(const feature_combination_net_options& options) {
    detail::check_feature_options<Use>("feature_combination_net", options);
    option_checks<Use>{"feature_combination_net"}.between("content_hidden", options.content_hidden,
                                                          1, 65536);
}

/// Feature combination (Burke 2002, section 3): P(like) = σ(MLP(x, c_x, y, c_y)) of the vectors of user
/// and item, and of contents that a small network of two layers makes of their features; hidden layers
/// with batch normalization and dropout. See `feature_network_model` for what all such models can do.
class feature_combination_net
    : public feature_network_model<feature_combination_net, feature_combination_net_options,
                                   feature_combination_network<float>> {
  public:
    using feature_network_model::feature_network_model;
    [[nodiscard]] static std::string type_name() { return "feature_combination_net"; }
};

} // namespace hybrec::neural
