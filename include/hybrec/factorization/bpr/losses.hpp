// SPDX-License-Identifier: MIT
/// @file
/// Losses of pairs: which negative item a step compares with the positive one, and how strongly.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

namespace hybrec {

/// What one draw of a positive item comes to.
struct pairwise_draw {
    std::size_t negative = 0; ///< the item it is compared with
    float pull = 0;           ///< −∂loss/∂margin; 0: nothing to do
    float margin = 0;         ///< the positive's score less the negative's
};

/// A loss chooses the negative item of a step with `draw(next, margin, items)`: `next(negative)`
/// draws an item that the user has not and returns false if there is none, `margin(negative)` is
/// the positive's score less the negative's, `items` is how many items are drawn from. `value(drawn)` is
/// the loss itself, for reports. Pure and thread-safe. Models: `bpr_loss`, `warp_loss`.
template <class Loss>
concept pairwise_loss = requires(const Loss& loss, bool (&next)(std::size_t&),
                                 float (&margin)(std::size_t), std::size_t items) {
    { loss.draw(next, margin, items) } -> std::same_as<pairwise_draw>;
    { loss.value(pairwise_draw{}) } -> std::convertible_to<double>;
    { Loss::name() } -> std::convertible_to<std::string>;
    loss.check();
};

/// −ln σ(margin) of one negative (Rendle, Freudenthaler, Gantner, Schmidt-Thieme 2009, "BPR:
/// Bayesian personalized ranking from implicit feedback", section 4.1): maximises the AUC.
struct bpr_loss {
    template <class Next, class Margin>
    [[nodiscard]] pairwise_draw draw(Next&& next, Margin&& margin, std::size_t) const noexcept {
        std::size_t negative = 0;
        if (!next(negative))
            return {};
        const float lead = margin(negative);
        return {negative, 1 / (1 + std::exp(lead)), lead};
    }
    [[nodiscard]] double value(const pairwise_draw& drawn) const noexcept {
        return drawn.pull == 0 ? 0.0 : std::log1p(std::exp(-static_cast<double>(drawn.margin)));
    }

    [[nodiscard]] static std::string name() { return "bpr"; }
    void check() const {}
    void save(archive_writer auto&) const {}
    [[nodiscard]] static bpr_loss load(archive_reader auto&) { return {}; }
    friend bool operator==(const bpr_loss&, const bpr_loss&) = default;
};

/// WARP (Weston, Bengio, Usunier 2011, "WSABIE: scaling up to large vocabulary image annotation",
/// section 3): draws negatives until one scores within 1 of the positive. After N draws the
/// positive's rank is about k = ⌊(items − 1)/N⌋, and the hinge weighs 1 + 1/2 + … + 1/k, so that
/// the top of the list counts most. Here the weight is divided by that of the last rank: it is at
/// most 1, and a learning rate means what it means to BPR.
///
/// WARP needs more regularization and a smaller rate than BPR, or it learns the training data by
/// heart: on Gowalla's validation split, 64 factors and 80 epochs at rate 0.02, λ = 0.1 and 30 draws
/// have recall@20 .184, while 100 epochs at the default options fall from .159 to .120.
struct warp_loss {
    std::size_t most_draws = 100; ///< then the positive counts as well placed; at least 1

    template <class Next, class Margin>
    [[nodiscard]] pairwise_draw draw(Next&& next, Margin&& margin,
                                     std::size_t items) const noexcept {
        for (std::size_t draws = 1; draws <= most_draws; ++draws) {
            std::size_t negative = 0;
            if (!next(negative))
                return {};
            const float lead = margin(negative);
            if (lead < 1)
                return {negative,
                        static_cast<float>(harmonic((items - 1) / draws) / harmonic(items - 1)),
                        lead};
        }
        return {};
    }
    [[nodiscard]] double value(const pairwise_draw& drawn) const noexcept {
        return static_cast<double>(drawn.pull) * (1 - static_cast<double>(drawn.margin));
    }

    /// 1 + 1/2 + … + 1/k: the sum, or from 32 on the first terms of its expansion, which are then
    /// right to 1e-8.
    [[nodiscard]] static double harmonic(std::size_t k) noexcept {
        const auto n = static_cast<double>(k);
        if (k >= 32)
            return std::log(n) + 0.5772156649015329 + 1 / (2 * n) - 1 / (12 * n * n);
        double total = 0;
        for (std::size_t term = k; term > 0; --term)
            total += 1 / static_cast<double>(term);
        return total;
    }

    [[nodiscard]] static std::string name() { return "warp"; }
    void check() const {
        require_option(most_draws >= 1, name(), "most_draws", static_cast<double>(most_draws),
                       "at least 1");
    }
    void save(archive_writer auto& archive) const {
        archive.write_integer("most_draws", static_cast<std::int64_t>(most_draws));
    }
    [[nodiscard]] static warp_loss load(archive_reader auto& archive) {
        const std::int64_t draws = archive.read_integer("most_draws");
        if (draws < 1)
            archive.refuse("most_draws", "expected at least 1, found " + std::to_string(draws));
        return {.most_draws = static_cast<std::size_t>(draws)};
    }
    friend bool operator==(const warp_loss&, const warp_loss&) = default;
};

} // namespace hybrec
