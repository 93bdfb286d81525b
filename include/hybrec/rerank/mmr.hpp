// SPDX-License-Identifier: MIT
/// @file
/// Maximal marginal relevance.
#pragma once

#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/rerank/detail/relevance.hpp>
#include <hybrec/rerank/sharing.hpp>
#include <hybrec/rerank/similarity_from.hpp>
#include <hybrec/simd/batch.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

struct mmr_options {
    /// λ in [0, 1]: what being unlike the items chosen before counts; relevance counts 1 − λ
    float diversity = 0.3F;
    /// whether relevance is the score's place between the lowest and the highest of the candidates,
    /// so that a λ means the same whatever the scores of a model are; if not, it is the score
    bool normalize = true;
};

/// `mmr{genres, {.diversity = 0.3f}}` (Carbonell and Goldstein 1998): starts with the most relevant
/// candidate and goes on with
///
///     argmax (1 − λ)·relevance(i) − λ·maximum of similarity(i, j) over the chosen j.
///
/// The source says how much items are alike; see `similarity_from`. Without one, `mmr{{…}}` is a step of
/// `sharing`. Complexity: O(chosen · candidates), and as many rows of the source as are chosen.
template <class Source = void>
requires std::is_void_v<Source> || similarity_input<Source>
class mmr;

template <>
class mmr<void> {
  public:
    class workspace {
        friend mmr;
        aligned_vector<float> relevance_; // weighted; `not_a_choice` for those chosen
        aligned_vector<float> nearest_;   // the similarity to the most similar one chosen
        aligned_vector<float> value_;
        aligned_vector<float> row_;
    };

    /// @throws option_error if `diversity` is not in [0, 1].
    explicit mmr(mmr_options options = {}) : options_{options} {
        require_option(options.diversity >= 0 && options.diversity <= 1, "mmr", "diversity",
                       static_cast<double>(options.diversity), "a number from 0 to 1");
    }

    [[nodiscard]] const mmr_options& options() const noexcept { return options_; }

    /// See `similarity_step`.
    template <class Rows, class Arch = simd::default_arch>
    void choose(const Rows& rows, std::span<const scored_item> candidates, std::size_t count,
                workspace& memory, std::vector<std::uint32_t>& chosen) const {
        auto& [relevance, nearest, value, row] = memory;
        detail::fill_relevance(candidates, options_.normalize,
                               1 - static_cast<double>(options_.diversity), relevance);
        value = relevance;
        nearest.assign(relevance.size(), std::numeric_limits<float>::lowest());
        row.resize(relevance.size());
        const auto diversity = simd::broadcast<float, Arch>(options_.diversity);
        while (chosen.size() < count) {
            const std::size_t best = detail::best_candidate<Arch>(value.data(), candidates);
            if (best == candidates.size())
                return;
            chosen.push_back(static_cast<std::uint32_t>(best));
            relevance[best] = detail::not_a_choice;
            rows(best, row.data());
            for (std::size_t at = 0; at < value.size(); at += simd::width<float, Arch>) {
                const auto closest = detail::larger(simd::load<float, Arch>(nearest.data() + at),
                                                    simd::load<float, Arch>(row.data() + at));
                closest.store_aligned(nearest.data() + at);
                simd::subtract_product(diversity, closest,
                                       simd::load<float, Arch>(relevance.data() + at))
                    .store_aligned(value.data() + at);
            }
        }
    }

  private:
    mmr_options options_;
};

template <class Source>
requires std::is_void_v<Source> || similarity_input<Source>
class mmr : public sharing<Source, mmr<>> {
  public:
    explicit mmr(Source source, mmr_options options = {})
        : sharing<Source, mmr<>>{std::move(source), mmr<>{options}} {}
};

mmr()->mmr<>;
mmr(mmr_options)->mmr<>;
template <class Source>
mmr(Source, mmr_options = {}) -> mmr<Source>;

} // namespace hybrec
