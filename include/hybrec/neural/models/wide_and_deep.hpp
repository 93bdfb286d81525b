// SPDX-License-Identifier: MIT
/// @file
/// wide_and_deep: a linear model that remembers crosses, and a deep network that generalises.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>
#include <hybrec/neural/detail/feature_options.hpp>
#include <hybrec/neural/models/feature_network_model.hpp>
#include <hybrec/neural/models/wide_and_deep_network.hpp>
#include <hybrec/neural/rating_samples.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace hybrec::neural {

/// Options of `wide_and_deep`. How it is trained is said in `training_options`.
struct wide_and_deep_options {
    std::size_t embedding = 32;                      ///< length of the fields' vectors, 1 … 2048
    std::array<std::size_t, 3> hidden{256, 128, 64}; ///< widths of the hidden layers
    double dropout = 0.2;                            ///< after each of them; at least 0, below 1
    std::size_t cross_slots = 65536; ///< weights of the crosses, which are hashed; 1 … 2²⁴
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
        visit("cross_slots", options.cross_slots);
    }
    friend bool operator==(const wide_and_deep_options&, const wide_and_deep_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
template <class Use = on_use>
void validate(const wide_and_deep_options& options) {
    detail::check_feature_options<Use>("wide_and_deep", options);
    option_checks<Use>{"wide_and_deep"}.between("cross_slots", options.cross_slots, 1,
                                                std::size_t{1} << 24);
}

/// Wide & Deep (Cheng et al. 2016): P(like) = σ(wide + deep), where the wide part is linear in ids,
/// categories and crosses of the user with the item's categories, and the deep part is a network over
/// the vectors of ids and categories, with batch normalization. Both are trained together, as there;
/// by Adam, where the paper has FTRL with L1 for the wide part and AdaGrad for the deep one.
class wide_and_deep : public feature_network_model<wide_and_deep, wide_and_deep_options,
                                                   wide_and_deep_network<float>> {
  public:
    using feature_network_model::feature_network_model;
    [[nodiscard]] static std::string type_name() { return "wide_and_deep"; }
    /// The table of the crosses, two moments and the best epoch's, a cache line for each.
    [[nodiscard]] static std::size_t extra_values(const wide_and_deep_options& options) noexcept {
        return 4 * 16 * options.cross_slots;
    }
};

} // namespace hybrec::neural
