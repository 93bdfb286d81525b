// SPDX-License-Identifier: MIT
/// @file
/// xQuAD: covers the user's interests, the strong ones first.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/rerank/detail/candidate_features.hpp>
#include <hybrec/rerank/detail/move_to_front.hpp>
#include <hybrec/rerank/detail/profile.hpp>
#include <hybrec/rerank/detail/relevance.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

struct xquad_options {
    float diversity = 0.3F; ///< λ in [0, 1]: what covering interests counts; relevance counts 1 − λ
    float redundancy = 1; ///< α in [0, 1]: how much a feature is worth less once it is on the slate
    /// whether relevance is the score's place between the lowest and the highest of the candidates;
    /// the worth of interests is in [0, 1], so that scores of another scale would decide alone
    bool normalize = true;
};

/// `xquad{genres, train, {.diversity = 0.3f}}` (Santos, Macdonald and Ounis 2010; features as aspects:
/// Vargas and Castells 2011): each step takes
///
///     argmax (1 − λ)·relevance(i) + λ·Σ_f p(f|u)·p(i|f)·Π_j (1 − α·p(j|f)),  j over the chosen items.
///
/// p(f|u) are the interests that the history shows: what `histories` has for a known user, plus the
/// request's own. For p(i|f) stands p(f|i), the share of the feature in the item's row: with items that
/// are all alike likely beforehand the two are proportional, and a distribution over the catalogue would
/// leave values too small for any λ. Without a history it orders by relevance.
///
/// Both matrices are held by value or shared with `std::ref`. Negative features and weights count as
/// absent. Complexity: O(chosen · candidates), times the features of an item.
template <class Features, class Histories>
requires item_feature_matrix<held_type<Features>> && user_item_matrix<held_type<Histories>>
class xquad {
  public:
    class workspace {
        friend xquad;
        detail::candidate_features features_;
        std::vector<double> profile_;
        std::vector<float> interests_; // p(f|u)·Π_j (1 − α·p(j|f)) by slot
        aligned_vector<float> value_;
        std::vector<std::uint32_t> chosen_;
        detail::moving_workspace<scored_item> moved_;
    };

    /// @throws option_error for options out of range.
    explicit xquad(Features features, Histories histories, xquad_options options = {})
        : features_{std::move(features)}, histories_{std::move(histories)}, options_{options} {
        require_option(options.diversity >= 0 && options.diversity <= 1, "xquad", "diversity",
                       static_cast<double>(options.diversity), "a number from 0 to 1");
        require_option(options.redundancy >= 0 && options.redundancy <= 1, "xquad", "redundancy",
                       static_cast<double>(options.redundancy), "a number from 0 to 1");
    }

    [[nodiscard]] const xquad_options& options() const noexcept { return options_; }

    /// See `reranker`.
    template <class Context, class Arch = simd::default_arch>
    std::size_t rerank(const request<Context>& who, std::span<scored_item> candidates,
                       std::size_t count, workspace& memory) const {
        const held_type<Features>& features = features_;
        const held_type<Histories>& histories = histories_;
        auto& [candidate_features, profile, interests, value, chosen, moved] = memory;
        const float diversity = options_.diversity;
        detail::fill_relevance(candidates, options_.normalize, 1 - static_cast<double>(diversity),
                               value);
        candidate_features.gather(features, candidates, detail::row_scale::shares);
        const bool known = detail::fill_profile(features, histories, who, profile);
        interests.clear();
        for (const std::uint32_t feature : candidate_features.features())
            interests.push_back(known ? static_cast<float>(profile[feature]) : 0.0F);
        for (std::uint32_t slot = 0; slot < interests.size(); ++slot)
            candidate_features.template add<Arch>(slot, diversity * interests[slot], value.data());

        chosen.clear();
        while (chosen.size() < count) {
            const std::size_t best = detail::best_candidate<Arch>(value.data(), candidates);
            if (best == candidates.size())
                break;
            chosen.push_back(static_cast<std::uint32_t>(best));
            value[best] = detail::not_a_choice;
            for (const auto [slot, share] : candidate_features.entries(best)) {
                const float lost = interests[slot] * options_.redundancy * share;
                interests[slot] -= lost;
                candidate_features.template add<Arch>(slot, -diversity * lost, value.data());
            }
        }
        detail::move_to_front(candidates, chosen, moved);
        return chosen.size();
    }

  private:
    Features features_;
    Histories histories_;
    xquad_options options_;
};

template <class Features, class Histories>
xquad(Features, Histories, xquad_options = {}) -> xquad<Features, Histories>;

} // namespace hybrec
