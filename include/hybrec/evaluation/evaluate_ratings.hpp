// SPDX-License-Identifier: MIT
/// @file
/// Evaluates predicted ratings against held-out ones.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/evaluation/rating_report.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

/// Scores ratings: its scores are on the scale of the values it was trained on.
template <class Model>
concept rating_model = scorer<Model> &&(Model::kind == score_kind::rating);

/// Judges the ratings that `model` predicts for the entries of `test`, as in
/// `evaluate_ratings(model, test, rmse{}, mae{})`. The same bits for any number of threads.
/// @throws shape_error if model and matrix do not have the same numbers of users and items;
///         numeric_error naming user and item if a predicted rating is not finite.
template <rating_model Model, rating_metric... Metrics>
requires(sizeof...(Metrics) != 0) [[nodiscard]] rating_report
    evaluate_ratings(const execution& where, const Model& model, user_items_view test,
                     const Metrics&... metrics) {
    if (test.row_count() != model.user_count() || test.column_count() != model.item_count())
        fail<shape_error>({"evaluate_ratings: the test matrix has ", test.row_count(),
                           " users and ", test.column_count(), " items, the model has ",
                           model.user_count(), " and ", model.item_count()});
    const std::vector<double> actual(test.values().begin(), test.values().end());
    std::vector<double> predicted(actual.size());
    where.threads().for_chunks(
        test.row_count(), 64,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            std::vector<typename Model::score_type> scores;
            for (std::size_t at = begin; at < end; ++at) {
                const user_index user(at);
                const std::span<const item_index> items = test.row(user).columns();
                scores.resize(items.size());
                model.score(user, items, as_writable_span(scores));
                for (std::size_t k = 0; k < items.size(); ++k) {
                    const auto score = static_cast<double>(scores[k]);
                    if (!std::isfinite(score))
                        fail<numeric_error>({"evaluate_ratings: the rating predicted for user ", at,
                                             " and item ", items[k].value(), " is ", score});
                    predicted[test.offsets()[at] + k] = score;
                }
            }
        },
        where.stop);
    rating_report report{.ratings = actual.size()};
    (report.metrics.push_back({std::string{metrics.name()}, metrics(predicted, actual)}), ...);
    return report;
}

/// The same on the default pool.
template <rating_model Model, rating_metric... Metrics>
requires(sizeof...(Metrics) != 0) [[nodiscard]] rating_report
    evaluate_ratings(const Model& model, user_items_view test, const Metrics&... metrics) {
    return evaluate_ratings(execution{}, model, test, metrics...);
}

} // namespace hybrec
