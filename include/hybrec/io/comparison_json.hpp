// SPDX-License-Identifier: MIT
/// @file
/// A comparison of models as JSON.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/evaluation/bootstrap_interval.hpp>
#include <hybrec/evaluation/comparison.hpp>
#include <hybrec/io/json_value.hpp>

#include <concepts>
#include <utility>

namespace hybrec {

/// `{"title", "models": [{"name", "settings", "fit_seconds", "evaluate_seconds", "users",
/// "users_without_recommendations", "metrics": {name: {"mean", "low", "high"}}}]}`; `low` and `high`
/// are the bootstrap interval, null for metrics that have no values per user.
[[nodiscard]] json to_json(const std::same_as<comparison> auto& all,
                           const bootstrap_options& bootstrap = {}) {
    json result;
    result["title"] = all.title();
    result["models"] = json::array{};
    for (const compared_model& model : all.models()) {
        json one;
        one["name"] = model.name;
        one["settings"] = model.settings;
        one["fit_seconds"] = model.fit_seconds;
        one["evaluate_seconds"] = model.evaluate_seconds;
        one["users"] = model.report.users_evaluated();
        one["users_without_recommendations"] = model.report.users_without_recommendations();
        for (const metric_values& metric : model.report.metrics()) {
            json values;
            values["mean"] = metric.mean;
            const interval around = bootstrap_interval(as_span(metric.values), bootstrap);
            values["low"] = around.low;
            values["high"] = around.high;
            one["metrics"][metric.name] = std::move(values);
        }
        result["models"].push_back(std::move(one));
    }
    return result;
}

} // namespace hybrec
