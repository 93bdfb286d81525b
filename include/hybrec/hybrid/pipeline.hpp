// SPDX-License-Identifier: MIT
/// @file
/// Candidates, then a ranker, then rerankers, then rules.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/concepts/engine.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/candidates.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/candidate_list.hpp>
#include <hybrec/hybrid/detail/explain_parts.hpp>
#include <hybrec/hybrid/detail/fit_parts.hpp>
#include <hybrec/hybrid/detail/generation.hpp>
#include <hybrec/hybrid/detail/learning_lists.hpp>
#include <hybrec/hybrid/detail/list_scores.hpp>
#include <hybrec/hybrid/detail/parts.hpp>
#include <hybrec/hybrid/detail/pipeline_admission.hpp>
#include <hybrec/hybrid/hybrid_explanation.hpp>
#include <hybrec/hybrid/learning.hpp>
#include <hybrec/hybrid/request_model.hpp>
#include <hybrec/hybrid/stages.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

namespace detail {

/// Stands for "no ranker" in a pipeline: candidates keep the order of their ranks.
struct no_ranking {
    struct workspace {};
    static constexpr score_kind kind = score_kind::rank;
    static constexpr bool needs_proposed_scores = false;
    static constexpr bool learns = false;

    template <class User, class, class... Generators>
    [[nodiscard]] static constexpr bool explains() noexcept {
        return (explaining_component<Generators, User> && ...);
    }
    /// What each list adds by the rank that the candidate has in it.
    template <class, class Context, class... Parts>
    [[nodiscard]] hybrid_explanation
    explain(const request<Context>& who, const candidate_list& lists, std::size_t row,
            const std::tuple<Parts...>& generators, score_table&, workspace&) const {
        std::array<contribution, sizeof...(Parts)> adds;
        lists.visit([&](std::size_t list, std::size_t rank, std::size_t at, float score) {
            if (at == row)
                adds[list] = {score, in_proportion(static_cast<double>(score),
                                                   static_cast<double>(lists.worth_of(rank)))};
        });
        return explain_parts(generators, who, lists.items()[row], adds);
    }
};

} // namespace detail

/// Rules that can be applied to requests of a type: those that read a context can be applied only to
/// requests that have it.
template <class Rules, class Request>
concept arranges_for = std::same_as<Rules, detail::no_rules> || rules_in_phases<Rules, Request>;

/// A cascade (Burke 2002), written
///
///     candidates(from(als, 300), from(popularity, 50)) | rank(stacking{…}) | rerank(mmr{…}) | enforce(…)
///
/// 1. Every generator proposes as many items as its budget says; the union is what there is to choose
///    from. Not proposed is what the request's history holds, what the user has in the matrix given to
///    `fit` or `exclude`, and what a filter of the rules or of the call denies.
/// 2. The ranker orders the union by its scores, candidates that it has no score for last. Without one,
///    candidates are ordered by the ranks they were proposed with (reciprocal rank fusion).
/// 3. Boosts among the rules act, then the rerankers one after the other. If rules follow, the last one
///    chooses twice as many items as are asked for, for the rules to choose from.
/// 4. The rules arrange the slate.
///
/// A later stage only refines: an item that no generator proposed is not recommended. Parts are held by
/// value or shared with `std::ref`. It is a model, so it can be a part itself, and a `staged_engine`: with an
/// observer, a generator that fails costs its own list only; without, its exception passes through.
template <class Generators, class Ranking, class Rerankings, class Rules>
class pipeline;

template <class... Models, class Ranking, class... Rerankings, class Rules>
class pipeline<std::tuple<generator<Models>...>, Ranking, std::tuple<Rerankings...>, Rules>
    : public request_model<
          pipeline<std::tuple<generator<Models>...>, Ranking, std::tuple<Rerankings...>, Rules>> {
    using base = request_model<pipeline>;

  public:
    static constexpr score_kind kind = Ranking::kind;
    static constexpr std::size_t generator_count = sizeof...(Models);
    static constexpr bool ranks = !std::is_same_v<Ranking, detail::no_ranking>;
    static constexpr bool reranks = sizeof...(Rerankings) != 0;
    static constexpr bool has_rules = !std::is_same_v<Rules, detail::no_rules>;

    /// What a call needs; grows as needed. After a call it holds the candidates it chose from.
    class workspace {
      public:
        /// What the rules could not have on the last slate.
        [[nodiscard]] const auto& report() const noexcept requires has_rules {
            return rules_.report();
        }

      private:
        friend pipeline;
        typename detail::generation<Models...>::workspace generation_;
        score_table proposed_;
        std::vector<float> scores_;
        std::vector<scored_item> candidates_;
        typename Ranking::workspace ranking_;
        std::tuple<typename Rerankings::workspace...> rerankings_;
        typename Rules::workspace rules_;
    };

    pipeline(detail::generation<Models...> generation, Ranking ranking,
             std::tuple<Rerankings...> rerankings, Rules rules)
        : generation_{std::move(generation)},
          ranking_{std::move(ranking)},
          rerankings_{std::move(rerankings)},
          rules_{std::move(rules)} {}

    [[nodiscard]] std::size_t user_count() const noexcept {
        return detail::most_users(generation_.generators());
    }
    [[nodiscard]] std::size_t item_count() const noexcept {
        return detail::most_items(generation_.generators());
    }
    /// Whether some generator has a basis to answer.
    template <class Context>
    [[nodiscard]] bool knows_request(const request<Context>& who) const noexcept {
        return detail::some_part_knows(generation_.generators(), who);
    }

    [[nodiscard]] const Ranking& ranking() const noexcept { return ranking_; }
    [[nodiscard]] const Rules& rules() const noexcept { return rules_; }
    template <std::size_t Place>
    [[nodiscard]] const auto& model() const noexcept {
        return model_of(std::get<Place>(generation_.generators()));
    }

    /// Trains the parts on `train`, each of them once however often it is shared, lets a ranker that learns
    /// (`stacking`) learn on the candidates of the users in `validation`, and from then on does not
    /// recommend what a user has in `train`. The rules take no part in learning.
    /// @throws what the parts throw; shape_error and data_error as `stacking::learn`.
    void fit(const user_items& train, const user_items& validation,
             const learning_options& options = {}, const execution& where = {}) {
        fit(train, where);
        if constexpr (Ranking::learns) {
            detail::require_out_of_fold(train.view(), validation.view());
            ranking_.ranker().learn_ranking(
                validation.view(),
                [&](const request<>& who, std::vector<item_index>& items) {
                    borrowed<workspace> memory;
                    no_observer nobody;
                    generation_.run(who, unfiltered{}, detail::no_rules{}, memory->generation_,
                                    nobody);
                    const auto found = memory->generation_.lists.items();
                    items.assign(found.begin(), found.end());
                },
                options, where);
        }
    }
    /// Trains the parts alone, as for a refit on all data with the weights learned before.
    void fit(const user_items& train, const execution& where = {}) {
        detail::fitting fitting{where};
        fit_parts(train, fitting);
    }
    /// The same as one of several hybrids that may share parts.
    void fit_parts(const user_items& train, detail::fitting& fitting) {
        generation_.fit_parts(train, fitting);
        if constexpr (ranks)
            ranking_.fit_parts(train, fitting);
    }

    /// Never recommends what a user has in `seen`.
    template <user_item_source Matrix>
    void exclude(Matrix&& seen) {
        generation_.exclude(std::forward<Matrix>(seen));
    }

    /// See `made_of_parts`.
    template <class Self, class Visitor>
    static void visit_parts(Self& self, const Visitor& visitor) {
        visitor(self.generation_);
        if constexpr (ranks)
            visitor(self.ranking_.ranker());
    }

    /// See `request_model::recommend_into`.
    template <class Context, request_filter<request<Context>> Filter>
    requires arranges_for<Rules, request<Context>> std::size_t
    answer(const request<Context>& who, std::span<scored_item> out, const Filter& filter)
    const {
        borrowed<workspace> memory;
        no_observer nobody;
        return run(who, out, filter, *memory, nobody);
    }

    /// The score of an item that is not among the candidates.
    static constexpr float absent = std::numeric_limits<float>::lowest();

    /// The scores that the ranker orders candidates by, before boosts and rerankers; see
    /// `request_model::score`.
    template <class Context>
    requires arranges_for<Rules, request<Context>>
    bool score_request(const request<Context>& who, std::span<const item_index> items,
                       std::span<float> out) const noexcept {
        if (!knows_request(who))
            return false;
        borrowed<workspace> memory;
        const auto make = [&]() -> std::span<const scored_item> {
            no_observer nobody;
            generation_.run(who, unfiltered{}, rules_, memory->generation_, nobody);
            list_candidates(*memory);
            if constexpr (ranks)
                rank_candidates(who, *memory);
            return memory->candidates_;
        };
        return detail::score_by_list(make, item_count(), items, out, absent);
    }

    /// Why a candidate of this request has the score that the ranker orders it by, before boosts and rerankers;
    /// nothing, without components, for an item that no generator proposes. Components are those of the ranker if it
    /// is a blend, the generators if it combines what they proposed or there is none, or the one model that
    /// ranks.
    template <class User, class Context>
    requires arranges_for<Rules, request<Context>> &&
        (Ranking::template explains<User, Context, Models...>()) [[nodiscard]] hybrid_explanation
        explain_request(const request<Context>& who, item_index item) const {
        borrowed<workspace> memory;
        no_observer nobody;
        generation_.run(who, unfiltered{}, rules_, memory->generation_, nobody);
        const detail::candidate_list& lists = memory->generation_.lists;
        const auto items = lists.items();
        const auto found = std::find(items.begin(), items.end(), item);
        if (found == items.end())
            return {};
        return ranking_.template explain<User>(
            who, lists, static_cast<std::size_t>(found - items.begin()), generation_.generators(),
            memory->proposed_, memory->ranking_);
    }

    static constexpr std::size_t stage_count =
        1 + std::size_t{ranks} + sizeof...(Rerankings) + std::size_t{has_rules};
    [[nodiscard]] static constexpr std::string_view stage_name(std::size_t stage) noexcept {
        return stage == 0                              ? "candidates"
               : ranks && stage == 1                   ? "rank"
               : has_rules && stage + 1 == stage_count ? "enforce"
                                                       : "rerank";
    }

    using base::recommend_into;
    /// See `engine`.
    template <class Context>
    requires arranges_for<Rules, request<Context>> std::size_t
    recommend_into(const request<Context>& who, std::span<scored_item> out, workspace& memory)
    const {
        no_observer nobody;
        return run(who, out, unfiltered{}, memory, nobody);
    }
    /// See `staged_engine`.
    template <class Context, engine_observer Observer>
    requires arranges_for<Rules, request<Context>> std::size_t
    recommend_into(const request<Context>& who, std::span<scored_item> out, workspace& memory,
                   Observer& observer)
    const { return run(who, out, unfiltered{}, memory, observer); }

    /// The pipeline with another stage at its end; what `|` calls.
    template <class Ranker>
    [[nodiscard]] auto followed_by(ranking_stage<Ranker> stage) && {
        return with(std::move(stage), std::move(rerankings_), std::move(rules_));
    }
    template <class Reranker>
    [[nodiscard]] auto followed_by(reranking_stage<Reranker> stage) && {
        return with(std::move(ranking_),
                    std::tuple_cat(std::move(rerankings_), std::tuple{std::move(stage)}),
                    std::move(rules_));
    }
    template <rule_collection NewRules>
    [[nodiscard]] auto followed_by(NewRules rules) && {
        return with(std::move(ranking_), std::move(rerankings_), std::move(rules));
    }

  private:
    template <class, class, class, class>
    friend class pipeline;

    template <class NewRanking, class... NewRerankings, class NewRules>
    [[nodiscard]] auto with(NewRanking ranking, std::tuple<NewRerankings...> rerankings,
                            NewRules rules) {
        return pipeline<std::tuple<generator<Models>...>, NewRanking, std::tuple<NewRerankings...>,
                        NewRules>{std::move(generation_), std::move(ranking), std::move(rerankings),
                                  std::move(rules)};
    }

    template <class Context, class Filter, class Observer>
    std::size_t run(const request<Context>& who, std::span<scored_item> out, const Filter& filter,
                    workspace& memory, Observer& observer) const {
        {
            const observed_stage stage{observer, 0};
            generation_.run(who, filter, rules_, memory.generation_, observer);
            list_candidates(memory);
        }
        if constexpr (ranks) {
            const observed_stage stage{observer, 1};
            rank_candidates(who, memory);
        }
        const std::span<scored_item> candidates = memory.candidates_;
        if constexpr (has_rules)
            rules_.boost(who, candidates);
        [&]<std::size_t... Place>(std::index_sequence<Place...>) {
            (rerank<Place>(who, candidates, out.size(), memory, observer), ...);
        }
        (std::index_sequence_for<Rerankings...>{});
        std::size_t length = std::min(candidates.size(), out.size());
        if constexpr (has_rules) {
            const observed_stage stage{observer, stage_count - 1};
            length = rules_.arrange(who, candidates, out.size(), memory.rules_);
        }
        std::copy_n(candidates.begin(), length, out.begin());
        return length;
    }

    /// The union of what was proposed, with the scores of its ranks.
    void list_candidates(workspace& memory) const {
        const detail::candidate_list& lists = memory.generation_.lists;
        const std::span<const item_index> found = lists.items();
        memory.scores_.resize(found.size());
        lists.fuse(memory.scores_);
        memory.candidates_.clear();
        for (std::size_t at = 0; at < found.size(); ++at)
            memory.candidates_.push_back({found[at], memory.scores_[at]});
        if constexpr (!ranks)
            std::sort(memory.candidates_.begin(), memory.candidates_.end(),
                      ranks_before<item_index, float>);
    }

    template <class Context>
    void rank_candidates(const request<Context>& who, workspace& memory) const {
        const std::span<const item_index> items = memory.generation_.lists.items();
        if constexpr (Ranking::needs_proposed_scores)
            memory.generation_.lists.fill(memory.proposed_);
        ranking_.score(who, items, memory.proposed_, memory.scores_, memory.ranking_);
        auto& candidates = memory.candidates_;
        // Those without a score go behind the others, in the order of the ranks they were proposed with,
        // which their scores say until now.
        std::size_t ranked = 0;
        for (std::size_t at = 0; at < candidates.size(); ++at)
            if (memory.scores_[at] != ranking_.absent) {
                std::swap(candidates[ranked], candidates[at]);
                candidates[ranked++].score = memory.scores_[at];
            }
        const auto middle = candidates.begin() + static_cast<std::ptrdiff_t>(ranked);
        std::sort(candidates.begin(), middle, ranks_before<item_index, float>);
        std::sort(middle, candidates.end(), ranks_before<item_index, float>);
        for (std::size_t at = ranked; ranked != 0 && at < candidates.size(); ++at)
            candidates[at].score = std::nextafter(candidates[at - 1].score, -max_score);
    }

    template <std::size_t Place, class Context, class Observer>
    void rerank(const request<Context>& who, std::span<scored_item> candidates, std::size_t count,
                workspace& memory, Observer& observer) const {
        constexpr std::size_t stage_number = 1 + std::size_t{ranks} + Place;
        if (observer.deadline().passed()) {
            observer.deadline_passed(stage_number);
            return;
        }
        const observed_stage stage{observer, stage_number};
        const auto& step = std::get<Place>(rerankings_);
        const bool last = Place + 1 == sizeof...(Rerankings);
        const std::size_t wanted = last && !has_rules ? count : 2 * count;
        const auto shown = candidates.first(std::min(step.depth, candidates.size()));
        (void)model_of(step.reranker)
            .rerank(who, shown, std::min(wanted, shown.size()),
                    std::get<Place>(memory.rerankings_));
    }

    static constexpr float max_score = std::numeric_limits<float>::max();

    detail::generation<Models...> generation_;
    [[no_unique_address]] Ranking ranking_;
    [[no_unique_address]] std::tuple<Rerankings...> rerankings_;
    [[no_unique_address]] Rules rules_;
};

namespace detail {

template <class T>
inline constexpr bool is_pipeline = false;
template <class Generators, class Ranking, class Rerankings, class Rules>
inline constexpr bool is_pipeline<pipeline<Generators, Ranking, Rerankings, Rules>> = true;

} // namespace detail

/// A pipeline that a ranker may follow: it has neither ranker nor rerankers nor rules yet.
template <class Pipeline>
concept may_be_ranked =
    detail::is_pipeline<Pipeline> && !Pipeline::ranks && !Pipeline::reranks && !Pipeline::has_rules;

/// A pipeline that a reranker or rules may follow: it has no rules yet.
template <class Pipeline>
concept may_be_arranged = detail::is_pipeline<Pipeline> && !Pipeline::has_rules;

template <may_be_ranked Pipeline, class Ranker>
[[nodiscard]] auto operator|(Pipeline pipeline, ranking_stage<Ranker> stage) {
    return std::move(pipeline).followed_by(std::move(stage));
}
template <may_be_arranged Pipeline, class Reranker>
[[nodiscard]] auto operator|(Pipeline pipeline, reranking_stage<Reranker> stage) {
    return std::move(pipeline).followed_by(std::move(stage));
}
template <may_be_arranged Pipeline, rule_collection Rules>
[[nodiscard]] auto operator|(Pipeline pipeline, Rules rules) {
    return std::move(pipeline).followed_by(std::move(rules));
}

/// `candidates(from(als, 300), from(popularity, 50))`: a pipeline of generators alone.
template <component... Models>
requires(sizeof...(Models) != 0 && sizeof...(Models) <= score_table::max_components)
    [[nodiscard]] auto candidates(generator<Models>... generators) {
    return pipeline<std::tuple<generator<Models>...>, detail::no_ranking, std::tuple<>,
                    detail::no_rules>{
        detail::generation<Models...>{std::move(generators)...}, {}, {}, {}};
}

} // namespace hybrec
