// SPDX-License-Identifier: MIT
/// @file
/// Evaluates models on users that they were not trained on.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/evaluation/detail/judge.hpp>
#include <hybrec/evaluation/detail/judge_model.hpp>
#include <hybrec/evaluation/detail/relevance.hpp>
#include <hybrec/evaluation/evaluation_report.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace hybrec {

/// Judges a model by users it has never seen (strong generalization, Liang et al. 2018): each user's
/// row of `history` is folded in, and what the model then recommends beyond it is held against the
/// row of `test`. `split_held_out_users` makes both matrices.
///
/// Users without relevant items are skipped and counted; a user without a history gets no
/// recommendations and counts as 0. The same bits for any number of threads.
/// @throws shape_error if the matrices differ in shape or have other items than the model; what
///         `fold_in` throws; else as `evaluate`.
template <foldable Model, metric... Metrics>
requires(sizeof...(Metrics) != 0 && !(scoring_metric<Metrics> || ...))
    [[nodiscard]] evaluation_report
    evaluate_fold_in(const execution& where, const Model& model, user_items_view history,
                     user_items_view test, const Metrics&... metrics) {
    detail::require_shape("history", history, history.row_count(), model.item_count(), "the model");
    detail::require_shape("test", test, history.row_count(), history.column_count(), "the history");
    detail::judge<Metrics...> judge{detail::relevance{test, history}, model.item_count(),
                                    metrics...};
    const std::span<const user_index> users = judge.relevant().users();
    const std::size_t depth = std::min(judge.depth(), std::size_t{model.item_count()});
    where.threads().for_chunks(
        users.size(), 16,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            std::vector<item_index> items;
            // `auto` puts off until this is used what the concepts of `excluding` cost a compiler.
            const auto recommend = [&](const auto& seen) {
                detail::copy_items(model.recommend(model.fold_in(seen), depth, excluding{seen}),
                                   items);
            };
            for (std::size_t at = begin; at < end; ++at) {
                const auto seen = history.row(users[at]);
                items.clear();
                if (!seen.empty())
                    recommend(seen);
                judge.judge_ranking(at, items);
            }
        },
        where.stop);
    return judge.report();
}

/// The same on the default pool.
template <foldable Model, metric... Metrics>
requires(sizeof...(Metrics) != 0 && !(scoring_metric<Metrics> || ...))
    [[nodiscard]] evaluation_report
    evaluate_fold_in(const Model& model, user_items_view history, user_items_view test,
                     const Metrics&... metrics) {
    return evaluate_fold_in(execution{}, model, history, test, metrics...);
}

} // namespace hybrec
