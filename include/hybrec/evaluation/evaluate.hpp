// SPDX-License-Identifier: MIT
/// @file
/// Evaluates models, or rankings that are there already, against held-out interactions.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/range_concepts.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/evaluation/detail/judge.hpp>
#include <hybrec/evaluation/detail/judge_model.hpp>
#include <hybrec/evaluation/detail/relevance.hpp>
#include <hybrec/evaluation/evaluation_report.hpp>
#include <hybrec/sparse/csr.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace hybrec {

/// Has what the metrics need: rankings for ranking metrics, scores for scoring metrics.
template <class Model, class... Metrics>
concept evaluable_by = sizeof...(Metrics) != 0 && (metric<Metrics> && ...) && sized_model<Model> &&
                       (!detail::judge<Metrics...>::ranks ||
                        recommender<Model>)&&(!detail::judge<Metrics...>::scores || scorer<Model>);

namespace detail {

template <class List>
concept list_of_items = std::ranges::forward_range<List> &&
    std::same_as<std::remove_cvref_t<std::ranges::range_reference_t<List>>, item_index>;

template <class List>
concept list_of_scored_items = std::ranges::forward_range<List> &&
    requires(std::ranges::range_reference_t<List> entry) {
    { (entry.index) } -> std::convertible_to<item_index>;
};

} // namespace detail

/// Best first: items, or items with scores. Models: `std::vector<item_index>`,
/// `ranking<item_index>`.
template <class List>
concept ranked_list = detail::list_of_items<List> || detail::list_of_scored_items<List>;

/// One ranking per user: `lists[u]` is that of user u.
/// Models: `std::vector<std::vector<item_index>>`, `rankings<item_index>`.
template <class Lists>
concept ranked_lists = requires(const Lists& lists, std::size_t user) {
    { lists.size() } -> std::convertible_to<std::size_t>;
    { lists[user] } -> ranked_list;
};

/// Judges a model by the interactions in `test`, as in
/// `evaluate(model, train, test, recall{20}, ndcg{20})`.
///
/// Relevant for a user are the items with a positive weight in `test` that are not in `train`:
/// training items are masked, so a test item that was also trained on is no longer a question and
/// does not count. Users without relevant items are skipped and counted. A user for whom the model
/// has nothing to recommend counts as 0. One ranking per user, of the deepest metric's depth,
/// serves all metrics of rankings and of the catalogue (the recommendations to the evaluated users,
/// relevant or not); models with `recommend_all` rank many users at a time.
///
/// The result has the same bits for any number of threads.
/// @throws shape_error if the matrices and the model do not have the same numbers of users and
///         items; option_error for a metric of depth 0 or a metric given twice; numeric_error if a
///         scoring metric meets a NaN; data_error if a ranking holds an item twice.
template <class Model, class... Metrics>
requires evaluable_by<Model, Metrics...>
[[nodiscard]] evaluation_report evaluate(const execution& where, const Model& model,
                                         user_items_view train, user_items_view test,
                                         const Metrics&... metrics) {
    const std::size_t users = model.user_count();
    const std::size_t items = model.item_count();
    detail::require_shape("training", train, users, items, "the model");
    detail::require_shape("test", test, users, items, "the model");
    detail::judge<Metrics...> judge{detail::relevance{test, train}, items, metrics...};
    if constexpr (decltype(judge)::ranks)
        detail::judge_rankings(model, train, judge, where);
    if constexpr (decltype(judge)::scores)
        detail::judge_all_scores(model, train, judge, where);
    return judge.report();
}

/// The same on the default pool.
template <class Model, class... Metrics>
requires evaluable_by<Model, Metrics...>
[[nodiscard]] evaluation_report evaluate(const Model& model, user_items_view train,
                                         user_items_view test, const Metrics&... metrics) {
    return evaluate(execution{}, model, train, test, metrics...);
}

/// Judges rankings that were made elsewhere, `lists[u]` being that of user u. They are taken as
/// they are: whoever made them has masked the training items.
/// @throws shape_error if there is not one list per user of `test`, or an item is out of range;
///         data_error if a list holds an item twice; option_error as above.
template <ranked_lists Lists, metric... Metrics>
requires(sizeof...(Metrics) != 0 && !(scoring_metric<Metrics> || ...))
    [[nodiscard]] evaluation_report evaluate(const execution& where, const Lists& lists,
                                             user_items_view test, const Metrics&... metrics) {
    if (lists.size() != test.row_count())
        fail<shape_error>({"evaluate: there are ", lists.size(),
                           " rankings, but the test matrix has ", test.row_count(), " users"});
    detail::judge<Metrics...> judge{detail::relevance{test, {}}, test.column_count(), metrics...};
    const std::span<const user_index> users = judge.relevant().users();
    where.threads().for_chunks(
        users.size(), 256,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            std::vector<item_index> ranked;
            for (std::size_t at = begin; at < end; ++at) {
                ranked.clear();
                for (const auto& entry : lists[users[at].value()]) {
                    if constexpr (std::same_as<std::remove_cvref_t<decltype(entry)>, item_index>)
                        ranked.push_back(entry);
                    else
                        ranked.push_back(entry.index);
                    if (ranked.back().value() >= test.column_count())
                        fail<shape_error>({"evaluate: the ranking for user ", users[at].value(),
                                           " holds item ", ranked.back().value(),
                                           ", but the test matrix has ", test.column_count(),
                                           " items"});
                }
                judge.judge_ranking(at, ranked);
            }
        },
        where.stop);
    return judge.report();
}

/// The same on the default pool.
template <ranked_lists Lists, metric... Metrics>
requires(sizeof...(Metrics) != 0 && !(scoring_metric<Metrics> || ...))
    [[nodiscard]] evaluation_report
    evaluate(const Lists& lists, user_items_view test, const Metrics&... metrics) {
    return evaluate(execution{}, lists, test, metrics...);
}

} // namespace hybrec
