// SPDX-License-Identifier: MIT
/// @file
/// What may follow the candidates of a pipeline.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/candidate_list.hpp>
#include <hybrec/hybrid/detail/explain_parts.hpp>
#include <hybrec/hybrid/detail/fit_parts.hpp>
#include <hybrec/hybrid/detail/gather.hpp>
#include <hybrec/hybrid/hybrid_explanation.hpp>
#include <hybrec/hybrid/learning.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace hybrec {

/// Scores candidates together: `score_candidates(request, items, out, workspace)`; an item that it has no
/// score for gets `Ranker::absent`. Models: `blend` and what is made of it.
template <class Ranker, class Request = request<>>
concept candidate_ranker = has_workspace<Ranker> &&
    requires(const Ranker& ranker, const Request& who, std::span<const item_index> items,
             std::span<float> out, typename Ranker::workspace& workspace) {
    ranker.score_candidates(who, items, out, workspace);
    { Ranker::absent } -> std::convertible_to<float>;
};

/// What can rank candidates: a model that scores them, one that scores them together, or a combiner of
/// the scores that they were proposed with.
template <class Held>
concept ranks_candidates =
    candidate_ranker<held_type<Held>> || combiner<held_type<Held>> || scoring_component<Held>;

namespace detail {
/// Proposes nothing; used to state a requirement.
struct no_candidates {
    void operator()(const request<>&, std::vector<item_index>&) const noexcept {}
};
} // namespace detail

/// Made by `rank(...)`.
template <ranks_candidates Ranker>
class ranking_stage {
    using ranker_type = held_type<Ranker>;
    static constexpr bool combines = combiner<ranker_type>;

    struct nothing {};
    template <class R>
    struct workspace_of {
        using type = nothing;
    };
    template <has_workspace R>
    struct workspace_of<R> {
        using type = typename R::workspace;
    };

  public:
    using workspace = typename workspace_of<ranker_type>::type;
    static constexpr score_kind kind = kind_after<ranker_type, score_kind::preference>;
    static constexpr float absent = std::numeric_limits<float>::lowest();

    explicit ranking_stage(Ranker ranker) : ranker_{std::move(ranker)} {}

    [[nodiscard]] const ranker_type& ranker() const noexcept { return model_of(ranker_); }
    [[nodiscard]] ranker_type& ranker() noexcept { return model_of(ranker_); }

    /// Whether it can learn from validation data.
    static constexpr bool learns = requires(ranker_type & ranker, learning_options options,
                                            execution where, user_items_view validation) {
        ranker.learn_ranking(validation, detail::no_candidates{}, options, where);
    };
    /// Trains the ranker, or its parts, unless that was done.
    void fit_parts(const user_items& train, detail::fitting& fitting) {
        fitting.fit(ranker(), train);
    }

    /// Whether `score` looks at the scores that the candidates were proposed with.
    static constexpr bool needs_proposed_scores = combines;

    /// A score for each of `items`, `absent` where there is none. `proposed` holds the scores that they
    /// were proposed with if `needs_proposed_scores`; it is scratch.
    template <class Context>
    void score(const request<Context>& who, std::span<const item_index> items,
               score_table& proposed, std::span<float> out, workspace& memory) const {
        if constexpr (candidate_ranker<ranker_type, request<Context>>) {
            ranker().score_candidates(who, items, out, memory);
        } else if constexpr (combines) {
            ranker().combine(who, proposed, out, memory);
            for (std::size_t at = 0; at < out.size(); ++at)
                out[at] = proposed.sources()[at] == 0 ? absent : out[at];
        } else {
            proposed.reset(1, items);
            detail::gather_items(ranker(), 0, who, proposed);
            for (std::size_t at = 0; at < out.size(); ++at)
                out[at] = proposed.has(0, at) ? proposed.scores(0)[at] : absent;
        }
    }

    /// Whether it explains its scores for candidates of such generators; see `explaining_component`.
    template <class User, class Context, class... Generators>
    [[nodiscard]] static constexpr bool explains() noexcept {
        if constexpr (candidate_ranker<ranker_type, request<Context>>)
            return requires(const ranker_type& ranker, const request<Context>& who,
                            std::span<const item_index> items, workspace& memory) {
                ranker.template explain_candidate<User>(who, items, std::size_t{}, memory);
            };
        else if constexpr (combines)
            return explaining_combiner<ranker_type, request<Context>> &&
                   (explaining_component<Generators, User> && ...);
        else
            return explaining_component<Ranker, User>;
    }
    /// Why the candidate at `row` has its score: by the parts of a blend, by the generators if their scores are
    /// combined, by the model that scores.
    template <class User, class Context, class... Parts>
    [[nodiscard]] hybrid_explanation explain(const request<Context>& who,
                                             const detail::candidate_list& lists, std::size_t row,
                                             const std::tuple<Parts...>& generators,
                                             score_table& proposed, workspace& memory) const {
        const std::span<const item_index> items = lists.items();
        if constexpr (candidate_ranker<ranker_type, request<Context>>) {
            return ranker().template explain_candidate<User>(who, items, row, memory);
        } else if constexpr (combines) {
            lists.fill(proposed);
            return detail::explain_row(ranker(), generators, who, proposed, row, memory);
        } else {
            hybrid_explanation result;
            result.add(ask_why(ranker(), who, items[row]));
            return result;
        }
    }

  private:
    Ranker ranker_;
};

/// `rank(stacking{ridge{}, als, item_knn})`, `rank(als)`, `rank(reciprocal_rank_fusion{})`: orders the
/// candidates by new scores. Candidates that the ranker has no score for come last.
template <ranks_candidates Ranker>
[[nodiscard]] ranking_stage<Ranker> rank(Ranker ranker) {
    return ranking_stage<Ranker>{std::move(ranker)};
}

/// Made by `rerank(...)`.
template <class Reranker>
requires reranker<held_type<Reranker>>
struct reranking_stage {
    using reranker_type = held_type<Reranker>;
    using workspace = typename reranker_type::workspace;

    Reranker reranker;
    std::size_t depth;
};

/// `rerank(mmr{genres, {.diversity = 0.3f}}, 50)`: reorders the best `depth` candidates, all of them
/// without it.
template <class Reranker>
requires reranker<held_type<Reranker>>
[[nodiscard]] reranking_stage<Reranker>
rerank(Reranker reranker, std::size_t depth = std::numeric_limits<std::size_t>::max()) {
    return {std::move(reranker), depth};
}

} // namespace hybrec
