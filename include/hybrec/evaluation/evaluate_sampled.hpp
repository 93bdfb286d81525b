// SPDX-License-Identifier: MIT
/// @file
/// Evaluates models on few sampled candidates instead of the whole catalogue.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/evaluation/detail/judge.hpp>
#include <hybrec/evaluation/detail/judge_model.hpp>
#include <hybrec/evaluation/detail/relevance.hpp>
#include <hybrec/evaluation/evaluation_report.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <span>
#include <vector>

namespace hybrec {

/// Ranks each user's relevant items of `test` among that user's row of `negatives`, and nothing else,
/// by `score` (the protocol of He et al. 2017, who sample 99 for each user).
///
/// **A warning.** Such figures are not comparable with those over the whole catalogue, and may even
/// order models differently (Krichene and Rendle 2020). Use this to compare with published results
/// that were found so; use `evaluate` for decisions.
///
/// A negative that is relevant (published samples hold some) is a candidate once, as the relevant item
/// it is. Equal scores rank by item index. Users without relevant items are skipped and counted. The same
/// bits for any number of threads.
/// @throws shape_error if matrices and model differ in shape; numeric_error for a score that is NaN;
///         option_error as `evaluate`.
template <scorer Model, ranking_metric... Metrics>
requires(sizeof...(Metrics) != 0) [[nodiscard]] evaluation_report
    evaluate_sampled(const execution& where, const Model& model, user_items_view test,
                     user_items_view negatives, const Metrics&... metrics) {
    using score_type = typename Model::score_type;
    const std::size_t item_count = model.item_count();
    detail::require_shape("test", test, model.user_count(), item_count, "the model");
    detail::require_shape("negatives", negatives, model.user_count(), item_count, "the model");
    detail::judge<Metrics...> judge{detail::relevance{test, {}}, item_count, metrics...};
    const std::span<const user_index> users = judge.relevant().users();
    where.threads().for_chunks(
        users.size(), 64,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            std::vector<item_index> items;
            std::vector<score_type> scores;
            ranking<item_index, score_type> ranked;
            for (std::size_t at = begin; at < end; ++at) {
                const user_index user = users[at];
                const auto relevant = judge.relevant()[at];
                const auto others = negatives.row(user).columns();
                items.assign(relevant.begin(), relevant.end());
                std::set_difference(others.begin(), others.end(), relevant.begin(), relevant.end(),
                                    std::back_inserter(items));
                scores.resize(items.size());
                model.score(user, as_span(items), as_writable_span(scores));
                ranked.clear();
                for (std::size_t k = 0; k < items.size(); ++k) {
                    if (std::isnan(scores[k]))
                        fail<numeric_error>({"evaluate_sampled: the score of item ",
                                             items[k].value(), " for user ", user.value(),
                                             " is not a number"});
                    ranked.push_back({items[k], scores[k]});
                }
                std::sort(ranked.begin(), ranked.end(), ranks_before<item_index, score_type>);
                detail::copy_items(ranked, items);
                judge.judge_ranking(at, items);
            }
        },
        where.stop);
    return judge.report();
}

/// The same on the default pool.
template <scorer Model, ranking_metric... Metrics>
requires(sizeof...(Metrics) != 0) [[nodiscard]] evaluation_report
    evaluate_sampled(const Model& model, user_items_view test, user_items_view negatives,
                     const Metrics&... metrics) {
    return evaluate_sampled(execution{}, model, test, negatives, metrics...);
}

} // namespace hybrec
