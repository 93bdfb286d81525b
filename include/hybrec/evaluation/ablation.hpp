// SPDX-License-Identifier: MIT
/// @file
/// What each component of a system adds.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/evaluation/evaluation_report.hpp>
#include <hybrec/evaluation/paired_test.hpp>

#include <concepts>
#include <cstddef>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

/// The system without one of its components.
struct ablation_line {
    std::string component;   ///< what was left out
    double mean = 0;         ///< of the metric without it
    paired_test against_all; ///< all components − all but this one: what it adds, over users
};

/// What `ablate` found.
struct ablation_report {
    std::string metric;
    double mean = 0; ///< with all components
    std::vector<ablation_line> lines;

    /// A line for the whole, then one for each component.
    template <class = on_use>
    friend std::ostream& operator<<(std::ostream& out, const ablation_report& report) {
        out << report.metric << " of the whole: " << report.mean << '\n';
        for (const ablation_line& line : report.lines)
            out << "  without " << line.component << ": " << line.mean << " ("
                << (line.against_all.difference < 0 ? "" : "+") << line.against_all.difference
                << " from it, p = " << line.against_all.p_value << ")\n";
        return out;
    }
};

/// Evaluates a system with all of its components, then without each of them in turn, and tests the
/// differences user by user.
/// @param components their names
/// @param metric     the name of one that `judge` evaluates, with a value per user
/// @param judge      `judge(enabled)` builds the system of the components k with `enabled[k]` and gives
///                   its `evaluation_report`; always over the same users
/// @throws option_error if there are no components or the metric is unknown, shape_error if the users
///         differ, whatever `judge` throws.
template <std::invocable<const std::vector<bool>&> Judge>
requires std::convertible_to < std::invoke_result_t < Judge&, const std::vector<bool>
& >, evaluation_report >
         [[nodiscard]] ablation_report ablate(std::span<const std::string> components,
                                              std::string_view metric, Judge&& judge) {
    if (components.empty())
        fail<option_error>({"ablate: there are no components to leave out"});
    std::vector<bool> enabled(components.size(), true);
    const evaluation_report whole = judge(std::as_const(enabled));
    ablation_report report{std::string{metric}, whole.mean(metric), {}};
    for (std::size_t at = 0; at < components.size(); ++at) {
        enabled[at] = false;
        const evaluation_report rest = judge(std::as_const(enabled));
        enabled[at] = true;
        report.lines.push_back(
            {components[at], rest.mean(metric),
             paired_randomization_test(whole.values(metric), rest.values(metric))});
    }
    return report;
}

} // namespace hybrec
