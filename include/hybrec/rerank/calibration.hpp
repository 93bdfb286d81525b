// SPDX-License-Identifier: MIT
/// @file
/// Calibrated recommendations: a slate in the proportions of the user's interests.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/rerank/detail/candidate_features.hpp>
#include <hybrec/rerank/detail/move_to_front.hpp>
#include <hybrec/rerank/detail/profile.hpp>
#include <hybrec/rerank/detail/relevance.hpp>
#include <hybrec/sparse/csr.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

struct calibration_options {
    float strength = 0.5F; ///< λ in [0, 1]: what the divergence counts; relevance counts 1 − λ
    float smoothing = 0.01F; ///< α in (0, 1]: q̃ = (1 − α)·q + α·p, so that no q̃ is 0
    /// whether relevance is the score's place between the lowest and the highest of the candidates,
    /// so that a λ means the same whatever the scores of a model are; if not, it is the score
    bool normalize = true;
};

/// `calibration{genres, train, {.strength = 0.5f}}` (Steck 2018): who watched 70 % romance and 30 %
/// action gets about that. Greedily maximises
///
///     (1 − λ)·Σ relevance − λ·KL(p ‖ q̃),   KL(p ‖ q̃) = Σ_f p(f|u)·ln(p(f|u) / q̃(f))
///
/// (equations 1, 4, 5, 7), where p are the shares of the features in the user's history (what
/// `histories` has for a known user, plus the request's own) and q the mean shares of the chosen items.
/// Items without features have no share. Without a history it orders by relevance.
///
/// Both matrices are held by value or shared with `std::ref`. Negative features and weights count as
/// absent. Complexity: O(chosen · (entries of the candidates + features)), a logarithm each.
template <class Features, class Histories>
requires item_feature_matrix<held_type<Features>> && user_item_matrix<held_type<Histories>>
class calibration {
  public:
    class workspace {
        friend calibration;
        /// What another item with this share of a feature adds to −KL at this step.
        struct known_gain {
            float share = 0;
            std::uint32_t step = 0; // counted from 1
            double gain = 0;
        };
        detail::candidate_features features_;
        std::vector<double> profile_;
        std::vector<double> interests_; // p(f|u) by slot
        std::vector<double> shares_;    // Σ p(f|j) over the chosen items, by slot
        std::vector<double> before_;    // what a slot adds to −KL if the next item lacks it
        std::vector<known_gain> known_; // `ways` for each slot
        std::vector<double> relevance_;
        std::vector<std::uint32_t> left_;
        std::vector<std::uint32_t> chosen_;
        detail::moving_workspace<scored_item> moved_;
    };

    /// @throws option_error for options out of range.
    explicit calibration(Features features, Histories histories, calibration_options options = {})
        : features_{std::move(features)}, histories_{std::move(histories)}, options_{options} {
        require_option(options.strength >= 0 && options.strength <= 1, "calibration", "strength",
                       static_cast<double>(options.strength), "a number from 0 to 1");
        require_option(options.smoothing > 0 && options.smoothing <= 1, "calibration", "smoothing",
                       static_cast<double>(options.smoothing), "a number above 0, at most 1");
    }

    [[nodiscard]] const calibration_options& options() const noexcept { return options_; }

    /// See `reranker`.
    template <class Context>
    std::size_t rerank(const request<Context>& who, std::span<scored_item> candidates,
                       std::size_t count, workspace& memory) const {
        prepare(who, candidates, memory);
        auto& left = memory.left_;
        auto& chosen = memory.chosen_;
        while (chosen.size() < count && !left.empty()) {
            const auto size = static_cast<double>(chosen.size() + 1);
            for (std::size_t slot = 0; slot < memory.shares_.size(); ++slot)
                memory.before_[slot] = gain(memory.interests_[slot], memory.shares_[slot] / size);
            std::size_t best = left.size();
            double best_value = 0;
            for (std::size_t at = 0; at < left.size(); ++at) {
                const double value = value_of(left[at], size, memory);
                if (best == left.size() || value > best_value ||
                    (value == best_value &&
                     ranks_before(candidates[left[at]], candidates[left[best]]))) {
                    best = at;
                    best_value = value;
                }
            }
            for (const auto [slot, share] : memory.features_.entries(left[best]))
                memory.shares_[slot] += static_cast<double>(share);
            chosen.push_back(left[best]);
            left[best] = left.back();
            left.pop_back();
        }
        detail::move_to_front(candidates, chosen, memory.moved_);
        return chosen.size();
    }

  private:
    template <class Context>
    void prepare(const request<Context>& who, std::span<const scored_item> candidates,
                 workspace& memory) const {
        const held_type<Features>& features = features_;
        const held_type<Histories>& histories = histories_;
        memory.features_.gather(features, candidates, detail::row_scale::shares);
        const bool known = detail::fill_profile(features, histories, who, memory.profile_);
        memory.interests_.clear();
        for (const std::uint32_t feature : memory.features_.features())
            memory.interests_.push_back(known ? memory.profile_[feature] : 0);
        memory.shares_.assign(memory.interests_.size(), 0);
        memory.before_.resize(memory.interests_.size());
        memory.known_.assign(memory.interests_.size() * ways, {});
        memory.relevance_.resize(candidates.size());
        detail::for_each_relevance(
            candidates, options_.normalize,
            [&](std::size_t i, double relevance) { memory.relevance_[i] = relevance; });
        memory.left_.resize(candidates.size());
        std::iota(memory.left_.begin(), memory.left_.end(), 0U);
        memory.chosen_.clear();
    }

    /// p·ln q̃: what a feature adds to −KL, up to p·ln p, which is the same for all slates.
    [[nodiscard]] double gain(double interest, double share) const noexcept {
        const auto smoothing = static_cast<double>(options_.smoothing);
        return interest > 0 ? interest * std::log((1 - smoothing) * share + smoothing * interest)
                            : 0;
    }

    /// The objective with one more item, up to what is the same for all items. Features that no
    /// candidate has are.
    [[nodiscard]] double value_of(std::uint32_t candidate, double size,
                                  workspace& memory) const noexcept {
        double closeness = 0;
        for (const auto [slot, share] : memory.features_.entries(candidate)) {
            const std::uint32_t way = (std::bit_cast<std::uint32_t>(share) * 0x9E3779B9U) >> 29;
            auto& known = memory.known_[slot * ways + way];
            const auto step = static_cast<std::uint32_t>(size);
            if (known.step != step || known.share != share)
                known = {share, step,
                         gain(memory.interests_[slot],
                              (memory.shares_[slot] + static_cast<double>(share)) / size) -
                             memory.before_[slot]};
            closeness += known.gain;
        }
        const auto strength = static_cast<double>(options_.strength);
        return (1 - strength) * memory.relevance_[candidate] + strength * closeness;
    }

    /// Genres come in few shares (1, ½, ⅓, …), so that most logarithms have just been taken.
    static constexpr std::size_t ways = 8;

    Features features_;
    Histories histories_;
    calibration_options options_;
};

template <class Features, class Histories>
calibration(Features, Histories, calibration_options = {}) -> calibration<Features, Histories>;

} // namespace hybrec
