// SPDX-License-Identifier: MIT
/// @file
/// Splits a log into past and future.
#pragma once

#include <hybrec/core/clock.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/detail/split_entries.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/data/split.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

namespace hybrec {

/// How `split_by_time` splits.
struct time_split_options {
    double test_fraction = 0.2; ///< the share of the latest events; in (0, 1)
    /// The first instant of the test part; overrides `test_fraction`.
    std::optional<unix_seconds> instant = std::nullopt;
    /// Whether the test part keeps what the user had done before with the same item. Without it the
    /// parts share no entry, as for all other splits.
    bool repeats_in_test = false;
    duplicates repeated = duplicates::sum; ///< what the matrices hold for repeated events
};

/// The events before an instant are for training, the others for testing. With a fraction, the
/// instant is the time of the first of the latest events; others of the same second go with it, so
/// that no training event is as late as a test event.
/// @throws data_error if the log has no times or no events; option_error if the fraction is outside
///         (0, 1). Complexity: O(events).
template <class = on_use>
[[nodiscard]] split split_by_time(const interaction_log& log,
                                  const time_split_options& options = {}) {
    detail::require_times(log, "split_by_time");
    unix_seconds instant = 0;
    if (options.instant) {
        instant = *options.instant;
    } else {
        detail::require_fraction("split_by_time", "test_fraction", options.test_fraction);
        if (log.events.empty())
            fail<data_error>({"split_by_time: the log has no events; set an instant to split it"});
        std::vector<unix_seconds> times;
        times.reserve(log.events.size());
        for (const interaction& event : log.events)
            times.push_back(event.time);
        const auto first_test =
            times.end() -
            static_cast<std::ptrdiff_t>(detail::part_of(times.size(), options.test_fraction));
        std::nth_element(times.begin(), first_test, times.end());
        instant = *first_test;
    }

    std::vector<interaction> past;
    std::vector<interaction> future;
    for (const interaction& event : log.events)
        (event.time < instant ? past : future).push_back(event);
    const std::size_t users = log.matrix.row_count();
    const std::size_t items = log.matrix.column_count();
    split result{.train = to_matrix(past, users, items, options.repeated), .test = {}};
    if (!options.repeats_in_test)
        std::erase_if(future, [&](const interaction& event) {
            return result.train.row(event.user).contains(event.item);
        });
    result.test = to_matrix(future, users, items, options.repeated);
    return result;
}

} // namespace hybrec
