// SPDX-License-Identifier: MIT
/// @file
/// Determinantal point process: the slate whose items are relevant and span the most room.
#pragma once

#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/rerank/detail/relevance.hpp>
#include <hybrec/rerank/sharing.hpp>
#include <hybrec/rerank/similarity_from.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

struct dpp_options {
    /// λ in [0.02, 1]: what log det S counts; relevance counts 1 − λ. Below, quality alone would decide
    /// and exceed what a float can hold
    float diversity = 0.5F;
    /// whether relevance is the score's place between the lowest and the highest of the candidates,
    /// so that a λ means the same whatever the scores of a model are; if not, it is the score
    bool normalize = true;
    /// the least squared distance from the span of the chosen items at which an item still adds
    /// something; cosines of floats leave about 1e-6 between copies
    float least_distance = 1e-4F;
};

/// `dpp{genres, {.diversity = 0.5f}}`: greedy maximum a posteriori inference for a determinantal point
/// process (Chen, Zhang and Zhou 2018, algorithm 1). Each step adds the item that maximises
///
///     (1 − λ)·Σ relevance + λ·log det S,
///
/// S being the likenesses of the chosen items. That is λ·log det(diag(q)·S·diag(q)) with the quality
/// q = exp(relevance·(1 − λ) / 2λ) (their equation 15 on). As scaling leaves S's own Cholesky factor
/// alone, the recursion runs on S, whose diagonal is 1, and qualities only weigh its residuals: float
/// suffices, and no quality overflows.
///
/// It ends when everything left is a combination of chosen items (18 genres: at most 18 items); what
/// follows the chosen ones keeps its order. Complexity: O(chosen² · candidates), and as many rows of
/// the source as are chosen. S must be positive semidefinite, as cosines are; items at which a function
/// violates that are not chosen.
template <class Source = void>
requires std::is_void_v<Source> || similarity_input<Source>
class dpp;

template <>
class dpp<void> {
  public:
    class workspace {
        friend dpp;
        aligned_vector<float> quality_;  // q², relative to the best
        aligned_vector<float> residual_; // dᵢ²; below 0 for those chosen
        aligned_vector<float> value_;
        aligned_vector<float> factor_; // rows c of the Cholesky factor
    };

    /// @throws option_error for options out of range.
    explicit dpp(dpp_options options = {}) : options_{options} {
        require_option(options.diversity >= 0.02F && options.diversity <= 1, "dpp", "diversity",
                       static_cast<double>(options.diversity), "a number from 0.02 to 1");
        require_option(options.least_distance > 0 && options.least_distance < 1, "dpp",
                       "least_distance", static_cast<double>(options.least_distance),
                       "a number between 0 and 1");
    }

    [[nodiscard]] const dpp_options& options() const noexcept { return options_; }

    /// See `similarity_step`.
    template <class Rows, class Arch = simd::default_arch>
    void choose(const Rows& rows, std::span<const scored_item> candidates, std::size_t count,
                workspace& memory, std::vector<std::uint32_t>& chosen) const {
        constexpr std::size_t step = simd::width<float, Arch>;
        auto& [quality, residual, value, factor] = memory;
        const std::size_t size = fill_quality(candidates, quality);
        value = quality;
        residual.assign(size, 1);
        factor.resize(std::min(count, candidates.size()) * size);
        const auto least = simd::broadcast<float, Arch>(options_.least_distance);
        const auto none = simd::broadcast<float, Arch>(detail::not_a_choice);
        while (chosen.size() < count) {
            const std::size_t best = detail::best_candidate<Arch>(value.data(), candidates);
            if (best == candidates.size())
                return;
            float* const row = factor.data() + chosen.size() * size;
            chosen.push_back(static_cast<std::uint32_t>(best));
            // e = (S_j − Σ c_j·c) / d_j for all items at once, then d² −= e².
            rows(best, row);
            for (const float* before = factor.data(); before != row; before += size)
                simd::axpy<float, Arch>(-before[best], before, row, size);
            const auto scale = simd::broadcast<float, Arch>(1 / std::sqrt(residual[best]));
            residual[best] = -1;
            for (std::size_t at = 0; at < size; at += step) {
                const auto e = scale * simd::load<float, Arch>(row + at);
                e.store_aligned(row + at);
                const auto rest =
                    simd::subtract_product(e, e, simd::load<float, Arch>(residual.data() + at));
                rest.store_aligned(residual.data() + at);
                xsimd::select(rest > least, rest * simd::load<float, Arch>(quality.data() + at),
                              none)
                    .store_aligned(value.data() + at);
            }
        }
    }

  private:
    /// exp(relevance·(1 − λ) / λ) relative to the best, then whole lines of `not_a_choice`.
    std::size_t fill_quality(std::span<const scored_item> candidates,
                             aligned_vector<float>& quality) const {
        const auto diversity = static_cast<double>(options_.diversity);
        double highest = std::numeric_limits<double>::lowest();
        detail::for_each_relevance(
            candidates, options_.normalize,
            [&](std::size_t, double relevance) { highest = std::max(highest, relevance); });
        quality.assign(padded_size<float>(candidates.size()), detail::not_a_choice);
        detail::for_each_relevance(
            candidates, options_.normalize, [&](std::size_t i, double relevance) {
                quality[i] = static_cast<float>(
                    std::exp((relevance - highest) * (1 - diversity) / diversity));
            });
        return quality.size();
    }

    dpp_options options_;
};

template <class Source>
requires std::is_void_v<Source> || similarity_input<Source>
class dpp : public sharing<Source, dpp<>> {
  public:
    explicit dpp(Source source, dpp_options options = {})
        : sharing<Source, dpp<>>{std::move(source), dpp<>{options}} {}
};

dpp()->dpp<>;
dpp(dpp_options)->dpp<>;
template <class Source>
dpp(Source, dpp_options = {}) -> dpp<Source>;

} // namespace hybrec
