// SPDX-License-Identifier: MIT
/// @file
/// deep_hybrid_net: a user attends to the item, its content and the context.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>
#include <hybrec/neural/detail/feature_options.hpp>
#include <hybrec/neural/models/deep_hybrid_network.hpp>
#include <hybrec/neural/models/feature_network_model.hpp>
#include <hybrec/neural/rating_samples.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace hybrec::neural {

/// Options of `deep_hybrid_net`. How it is trained is said in `training_options`.
struct deep_hybrid_net_options {
    std::size_t embedding = 64;      ///< length of all vectors, 1 … 2048
    std::size_t heads = 4;           ///< of the attention; a divisor of `embedding`
    std::size_t content_hidden = 64; ///< width of the network that makes contents of features
    std::array<std::size_t, 1> hidden{128}; ///< width of the hidden layer
    double dropout = 0.2;                   ///< after it; at least 0 and below 1
    double id_dropout = 0.1;                ///< how often a sample is of an unknown user, or item
    double initial_deviation = 0.05;        ///< of the ids' starting values; above 0
    double weight_decay = 0;                ///< λ of AdamW; at least 0
    std::size_t negatives = 4; ///< items of label 0 drawn per entry and epoch; 0 for ratings
    label_range labels{};      ///< which value is label 0 and which 1; equal: those of the data
    std::size_t fold_in_steps = 50; ///< Adam steps of `fold_in`; at least 1
    double fold_in_rate = 0.02;     ///< their learning rate; above 0
    std::uint64_t seed = 42;        ///< of the starting values
    std::size_t memory_budget = 0;  ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field but the labels, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        detail::for_each_feature_option(options, visit);
        visit("heads", options.heads);
        visit("content_hidden", options.content_hidden);
    }
    friend bool operator==(const deep_hybrid_net_options&,
                           const deep_hybrid_net_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
template <class Use = on_use>
void validate(const deep_hybrid_net_options& options) {
    detail::check_feature_options<Use>("deep_hybrid_net", options);
    const option_checks<Use> check{"deep_hybrid_net"};
    check.between("content_hidden", options.content_hidden, 1, 65536);
    require_option(options.heads >= 1 && options.embedding % options.heads == 0, "deep_hybrid_net",
                   "heads", static_cast<double>(options.heads), "a divisor of embedding");
}

/// P(like) = σ(MLP(x, a)): the vector x of the user, and what it finds by multi-head cross-attention
/// (Vaswani et al. 2017, section 3.2) among the item's vector, the item's content (its features) and
/// the context (the user's features), both encoded by a small network of two layers. `attention` tells
/// how much each counted.
class deep_hybrid_net : public feature_network_model<deep_hybrid_net, deep_hybrid_net_options,
                                                     deep_hybrid_network<float>> {
  public:
    using feature_network_model::feature_network_model;
    [[nodiscard]] static std::string type_name() { return "deep_hybrid_net"; }

    /// How the user attends to an item: a row per head, with the weights of the item itself, of its
    /// content and of the context, which sum to 1. @throws shape_error for a user or item beyond the
    /// model.
    template <class Memory = scoring_memory>
    [[nodiscard]] matrix<float> attention(user_index user, item_index item) const {
        require_below(user, user_count(), "user");
        require_below(item, item_count(), "item");
        borrowed<Memory> memory;
        trained().prepare_user(user, *memory);
        matrix<float> weights;
        network().attention(memory->user, trained().prepared_items(), item.value(), weights);
        return weights;
    }
};

} // namespace hybrec::neural
