// SPDX-License-Identifier: MIT
/// @file
/// A comparison of models as one HTML page.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/evaluation/bootstrap_interval.hpp>
#include <hybrec/evaluation/comparison.hpp>
#include <hybrec/io/detail/svg.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec {

/// A page that needs nothing else: the table, each metric by model with bootstrap intervals, the
/// first metric against the seconds of training, and, where a metric's name starts with
/// "popularity_bias", the first metric against it.
[[nodiscard]] std::string to_html(const std::same_as<comparison> auto& all,
                                  const bootstrap_options& bootstrap = {}) {
    using detail::escaped;
    using detail::number_text;
    std::string page =
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
        escaped(all.title()) +
        "</title>\n<style>\nbody{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem "
        "auto;padding:0 1rem}\ntable{border-collapse:collapse}td,th{padding:.2rem .7rem;"
        "text-align:right;border-bottom:1px solid #ddd}\ntd:first-child,th:first-child,"
        "td:last-child,th:last-child{text-align:left}\nsvg{max-width:45rem;display:block}"
        "svg text{font-size:12px;dominant-baseline:middle}svg .name{text-anchor:end}\n"
        "rect{fill:#4878a8}path{stroke:#222;fill:none}path.axis{stroke:#999}circle{fill:#4878a8}\n"
        "</style></head><body>\n<h1>" +
        escaped(all.title()) + "</h1>\n";
    if (all.models().empty())
        return page + "<p>No model was compared.</p>\n</body></html>\n";

    const auto metrics = all.models().front().report.metrics();
    page += "<table>\n<tr><th>model</th>";
    for (const metric_values& metric : metrics)
        page += "<th>" + escaped(metric.name) + "</th>";
    page += "<th>fit, s</th><th>evaluate, s</th><th>settings</th></tr>\n";
    for (const compared_model& model : all.models()) {
        page += "<tr><td>" + escaped(model.name) + "</td>";
        for (const metric_values& metric : model.report.metrics())
            page += "<td>" + number_text(metric.mean, "%.4f") + "</td>";
        page += "<td>" + number_text(model.fit_seconds, "%.3g") + "</td><td>" +
                number_text(model.evaluate_seconds, "%.3g") + "</td><td>" +
                escaped(model.settings) + "</td></tr>\n";
    }
    page += "</table>\n";

    for (std::size_t at = 0; at < metrics.size(); ++at) {
        std::vector<detail::plotted_value> values;
        for (const compared_model& model : all.models()) {
            const metric_values& metric = model.report.metrics()[at];
            const interval around = bootstrap_interval(as_span(metric.values), bootstrap);
            values.push_back({model.name, metric.mean, around.low, around.high});
        }
        page += "<h2>" + escaped(metrics[at].name) + "</h2>\n" + detail::bar_plot(values);
    }
    const auto against = [&](std::string_view name, bool logarithmic, auto&& x_of) {
        std::vector<detail::plotted_point> points;
        for (const compared_model& model : all.models())
            points.push_back({model.name, x_of(model), model.report.metrics().front().mean});
        page += "<h2>" + escaped(metrics.front().name) + " against " + escaped(name) + "</h2>\n" +
                detail::scatter_plot(points, name, metrics.front().name, logarithmic);
    };
    against("seconds of training", true,
            [](const compared_model& model) { return model.fit_seconds; });
    for (const metric_values& metric : metrics)
        if (metric.name.starts_with("popularity_bias"))
            against(metric.name, false,
                    [&](const compared_model& model) { return model.report.mean(metric.name); });
    return page + "</body></html>\n";
}

} // namespace hybrec
