// SPDX-License-Identifier: MIT
/// @file
/// Holds out each user's latest items.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/detail/split_entries.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/data/split.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

namespace hybrec {

/// Holds out the `count` items with which each user interacted last; of equal times the later in
/// the log is the later one. An item's repeated events are held out together, so that it is not
/// in both parts. A user keeps at least one item for training.
/// @throws data_error if the log has no times; option_error if `count` is 0; shape_error if the
///         log's matrix does not belong to its events.
/// Complexity: O(events · log(longest row)).
template <class = on_use>
[[nodiscard]] split split_leave_last_out(const interaction_log& log, std::size_t count = 1) {
    require_option(count >= 1, "split_leave_last_out", "count", static_cast<double>(count),
                   "at least 1");
    detail::require_times(log, "split_leave_last_out");
    const user_items& matrix = log.matrix;

    // For every entry the last event that contributed to it, by time and then by order.
    using moment = std::pair<unix_seconds, std::size_t>;
    std::vector<moment> latest(matrix.entry_count(), {std::numeric_limits<unix_seconds>::min(), 0});
    for (std::size_t event = 0; event < log.events.size(); ++event) {
        const interaction& one = log.events[event];
        if (one.user.value() >= matrix.row_count())
            fail<shape_error>({"split_leave_last_out: event ", event, " has user ",
                               one.user.value(), "; the log's matrix has ", matrix.row_count()});
        const auto items = matrix.row(one.user).columns();
        const auto found = std::lower_bound(items.begin(), items.end(), one.item);
        if (found == items.end() || *found != one.item)
            continue; // its weights add up to zero
        const auto at = static_cast<std::size_t>(matrix.offsets()[one.user.value()]) +
                        static_cast<std::size_t>(found - items.begin());
        latest[at] = std::max(latest[at], moment{one.time, event});
    }

    std::vector<bool> is_test(matrix.entry_count());
    std::vector<std::size_t> positions;
    for (std::size_t user = 0; user < matrix.row_count(); ++user) {
        const auto begin = static_cast<std::size_t>(matrix.offsets()[user]);
        const auto size = static_cast<std::size_t>(matrix.offsets()[user + 1]) - begin;
        if (size < 2)
            continue;
        positions.resize(size);
        std::iota(positions.begin(), positions.end(), begin);
        const std::size_t held_out = std::min(count, size - 1);
        std::partial_sort(
            positions.begin(), positions.begin() + static_cast<std::ptrdiff_t>(held_out),
            positions.end(),
            [&](std::size_t left, std::size_t right) { return latest[left] > latest[right]; });
        for (std::size_t at = 0; at < held_out; ++at)
            is_test[positions[at]] = true;
    }
    return detail::split_marked(matrix, is_test);
}

} // namespace hybrec
