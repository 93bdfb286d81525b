// SPDX-License-Identifier: MIT
/// @file
/// The two plots of reports, as SVG.
#pragma once

#include <hybrec/core/math.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec::detail {

/// Text as it may stand in HTML, SVG and their attributes.
[[nodiscard]] std::string escaped(const std::convertible_to<std::string_view> auto& text) {
    std::string result;
    for (const char c : std::string_view{text})
        switch (c) {
        case '&':
            result += "&amp;";
            break;
        case '<':
            result += "&lt;";
            break;
        case '>':
            result += "&gt;";
            break;
        case '"':
            result += "&quot;";
            break;
        default:
            result += c;
        }
    return result;
}

[[nodiscard]] inline std::string number_text(double value, const char* format = "%.4g") {
    char text[40];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

/// A value with a name, and with an interval around it where `low` and `high` are numbers.
struct plotted_value {
    std::string name;
    double value = 0;
    double low = 0;
    double high = 0;
};

/// One bar a value, from 0 on, with a line for its interval.
[[nodiscard]] std::string bar_plot(const std::same_as<std::vector<plotted_value>> auto& values) {
    constexpr double left = 190, width = 430, row = 24;
    double most = 0;
    for (const plotted_value& one : values)
        for (const double value : {one.value, one.high})
            if (std::isfinite(value))
                most = std::max(most, value);
    const auto x = [&](double value) {
        return number_text(left + (most > 0 && value > 0 ? value / most * width : 0), "%.1f");
    };
    const double height = row * static_cast<double>(values.size()) + 6;
    std::string svg = "<svg viewBox=\"0 0 720 " + number_text(height) + "\" role=\"img\">\n";
    double y = 3;
    for (const plotted_value& one : values) {
        const std::string middle = number_text(y + row / 2, "%.1f");
        svg += "<text x=\"" + number_text(left - 8) + "\" y=\"" + middle + "\" class=\"name\">" +
               escaped(one.name) + "</text>\n";
        if (std::isfinite(one.value)) {
            const double bar = most > 0 && one.value > 0 ? one.value / most * width : 0;
            svg += "<rect x=\"" + number_text(left) + "\" y=\"" + number_text(y + 4, "%.1f") +
                   "\" width=\"" + number_text(bar, "%.1f") + "\" height=\"" +
                   number_text(row - 8) + "\"/>\n";
            if (std::isfinite(one.low) && std::isfinite(one.high))
                svg += "<path d=\"M" + x(one.low) + " " + middle + "H" + x(one.high) + "\"/>\n";
        }
        svg += "<text x=\"" + number_text(left + width + 10) + "\" y=\"" + middle + "\">" +
               number_text(one.value, "%.4f") + "</text>\n";
        y += row;
    }
    return svg + "</svg>\n";
}

/// A point with a name.
struct plotted_point {
    std::string name;
    double x = 0;
    double y = 0;
};

/// One point each; the x axis is logarithmic where `logarithmic` and all x are above 0.
[[nodiscard]] std::string scatter_plot(const std::same_as<std::vector<plotted_point>> auto& points,
                                       std::string_view x_name, std::string_view y_name,
                                       bool logarithmic) {
    constexpr double left = 70, top = 12, width = 560, height = 260;
    logarithmic = logarithmic && std::all_of(points.begin(), points.end(),
                                             [](const plotted_point& one) { return one.x > 0; });
    const auto across = [&](double x) { return logarithmic ? std::log(x) : x; };
    double least_x = 0, most_x = 0, least_y = 0, most_y = 0;
    bool first = true;
    for (const plotted_point& one : points) {
        if (!std::isfinite(one.x) || !std::isfinite(one.y))
            continue;
        least_x = first ? across(one.x) : std::min(least_x, across(one.x));
        most_x = first ? across(one.x) : std::max(most_x, across(one.x));
        least_y = first ? one.y : std::min(least_y, one.y);
        most_y = first ? one.y : std::max(most_y, one.y);
        first = false;
    }
    const auto share = [](double value, double least, double most) {
        return most > least ? (value - least) / (most - least) : 0.5;
    };
    const auto text = [](double x, double y, std::string_view anchor, std::string_view content) {
        return "<text x=\"" + number_text(x, "%.1f") + "\" y=\"" + number_text(y, "%.1f") +
               "\" text-anchor=\"" + std::string{anchor} + "\">" + escaped(content) + "</text>\n";
    };
    std::string svg = "<svg viewBox=\"0 0 720 320\" role=\"img\">\n<path class=\"axis\" d=\"M" +
                      number_text(left) + " " + number_text(top) + "V" + number_text(top + height) +
                      "H" + number_text(left + width) + "\"/>\n";
    svg += text(left - 6, top + height, "end", number_text(least_y));
    svg += text(left - 6, top + 10, "end", number_text(most_y));
    svg += text(left, top + height + 16, "start",
                number_text(logarithmic ? std::exp(least_x) : least_x));
    svg += text(left + width, top + height + 16, "end",
                number_text(logarithmic ? std::exp(most_x) : most_x));
    svg += text(left + width / 2, top + height + 34, "middle",
                std::string{x_name} + (logarithmic ? " (logarithmic)" : ""));
    svg += text(left + 8, top + 10, "start", y_name);
    for (const plotted_point& one : points) {
        if (!std::isfinite(one.x) || !std::isfinite(one.y))
            continue;
        const double x = left + 12 + share(across(one.x), least_x, most_x) * (width - 24);
        const double y = top + height - 12 - share(one.y, least_y, most_y) * (height - 36);
        svg += "<circle cx=\"" + number_text(x, "%.1f") + "\" cy=\"" + number_text(y, "%.1f") +
               "\" r=\"4\"/>\n" +
               text(x + (x > left + width / 2 ? -7 : 7), y + 4,
                    x > left + width / 2 ? "end" : "start", one.name);
    }
    return svg + "</svg>\n";
}

} // namespace hybrec::detail
