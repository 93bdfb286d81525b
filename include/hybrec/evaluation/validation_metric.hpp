// SPDX-License-Identifier: MIT
/// @file
/// Judges a model during training, for early stopping.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/evaluation/evaluate.hpp>
#include <hybrec/sparse/csr.hpp>

#include <utility>

namespace hybrec {

/// The mean of a metric over the users of a validation matrix, as in
/// `validation_metric{train, valid, ndcg{10}}`; models `validator_of` for every model that the
/// metric can judge.
///
/// Holds views: both matrices must outlive it, so temporaries do not compile. Const calls are
/// thread-safe.
template <metric Metric>
class validation_metric {
  public:
    /// @param train what the model is trained on; its items are masked, as in `evaluate`.
    validation_metric(user_items_view train, user_items_view valid, Metric metric,
                      execution where = {})
        : train_{train}, valid_{valid}, metric_{std::move(metric)}, where_{std::move(where)} {}

    validation_metric(const user_items&&, user_items_view, Metric, execution = {}) = delete;
    validation_metric(user_items_view, const user_items&&, Metric, execution = {}) = delete;
    validation_metric(const user_items&&, const user_items&&, Metric, execution = {}) = delete;

    /// @throws data_error if the metric is not defined for any user; else as `evaluate`.
    template <class Model>
    requires evaluable_by<Model, Metric>
    [[nodiscard]] double operator()(const Model& model) const {
        const evaluation_report report = evaluate(where_, model, train_, valid_, metric_);
        const metric_values& judged = report.metrics().front();
        if (judged.undefined == report.users_evaluated())
            fail<data_error>({"validation_metric: ", judged.name,
                              " is not defined for any user; the validation matrix needs entries "
                              "that are not in the training matrix"});
        return judged.mean;
    }

  private:
    user_items_view train_;
    user_items_view valid_;
    Metric metric_;
    execution where_;
};

} // namespace hybrec
