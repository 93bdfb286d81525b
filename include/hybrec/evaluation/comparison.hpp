// SPDX-License-Identifier: MIT
/// @file
/// Several models side by side: quality, time, settings.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/evaluation/evaluation_report.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec {

/// One model of a comparison.
struct compared_model {
    std::string name;
    std::string settings; ///< as a reader would repeat them
    double fit_seconds = 0;
    double evaluate_seconds = 0;
    evaluation_report report; ///< with the same metrics over the same users for all models
};

/// Models that were evaluated alike; printed as a table, or written by `to_json` and `to_html`.
class comparison {
  public:
    /// @param title what was done: the data, the split, the protocol
    explicit comparison(std::string title) : title_{std::move(title)} {}

    /// @throws option_error for a name that is taken; shape_error if the model was not evaluated on
    ///         the users and metrics of those before it.
    template <class = on_use>
    void add(compared_model model) {
        for (const compared_model& other : models_) {
            if (other.name == model.name)
                fail<option_error>(
                    {"comparison: there are two models called \"", model.name, "\""});
            if (!same_judgement(other.report, model.report))
                fail<shape_error>({"comparison: \"", model.name, "\" and \"", other.name,
                                   "\" were not evaluated on the same users by the same metrics"});
        }
        models_.push_back(std::move(model));
    }

    [[nodiscard]] const std::string& title() const noexcept { return title_; }
    /// In the order in which they were added.
    template <class = on_use>
    [[nodiscard]] std::span<const compared_model> models() const noexcept {
        return as_span(models_);
    }

    /// The model with the largest mean of a metric; the first of equals.
    /// @throws option_error if there are no models or the metric is unknown.
    template <class = on_use>
    [[nodiscard]] const compared_model& best(std::string_view metric) const {
        if (models_.empty())
            fail<option_error>({"comparison: there are no models to choose the best of"});
        const compared_model* best = &models_.front();
        for (const compared_model& model : models_)
            if (model.report.mean(metric) > best->report.mean(metric))
                best = &model;
        return *best;
    }

    /// The table: a line per model, a column per metric.
    template <class = on_use>
    friend std::ostream& operator<<(std::ostream& out, const comparison& all) {
        std::vector<std::vector<std::string>> rows{{"model"}};
        if (!all.models_.empty())
            for (const metric_values& metric : all.models_.front().report.metrics())
                rows.front().push_back(metric.name);
        rows.front().insert(rows.front().end(), {"fit", "evaluate"});
        for (const compared_model& model : all.models_) {
            rows.push_back({model.name});
            for (const metric_values& metric : model.report.metrics())
                rows.back().push_back(shown(metric.mean, "%.4f"));
            rows.back().push_back(shown(model.fit_seconds, "%.3g s"));
            rows.back().push_back(shown(model.evaluate_seconds, "%.3g s"));
        }
        out << all.title_ << '\n';
        for (const auto& row : rows) {
            for (std::size_t column = 0; column < row.size(); ++column) {
                std::size_t width = 0;
                for (const auto& other : rows)
                    width = std::max(width, other[column].size());
                const std::string space(width - row[column].size(), ' ');
                out << (column == 0 ? row[column] + space : "  " + space + row[column]);
            }
            out << '\n';
        }
        for (const compared_model& model : all.models_)
            if (!model.settings.empty())
                out << model.name << ": " << model.settings << '\n';
        return out;
    }

  private:
    /// Whether both are of the same users and metrics.
    template <class = on_use>
    [[nodiscard]] static bool same_judgement(const evaluation_report& left,
                                             const evaluation_report& right) {
        return std::equal(left.users().begin(), left.users().end(), right.users().begin(),
                          right.users().end()) &&
               std::equal(left.metrics().begin(), left.metrics().end(), right.metrics().begin(),
                          right.metrics().end(),
                          [](const metric_values& one, const metric_values& other) {
                              return one.name == other.name;
                          });
    }
    [[nodiscard]] static std::string shown(double value, const char* format) {
        char text[32];
        std::snprintf(text, sizeof text, format, value);
        return text;
    }

    std::string title_;
    std::vector<compared_model> models_;
};

} // namespace hybrec
