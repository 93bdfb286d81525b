// SPDX-License-Identifier: MIT
/// @file
/// Data and checks that the tests of all splits share.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_log.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

namespace hybrec_test {

using namespace hybrec;

/// Events with repeated pairs and equal times, in no order of time.
[[nodiscard]] inline interaction_log sample_log(std::size_t users = 60, std::size_t items = 40,
                                                std::size_t events = 1500) {
    interaction_log log;
    log.has_times = true;
    for (std::size_t user = 0; user < users; ++user)
        log.users.add("u" + std::to_string(user));
    for (std::size_t item = 0; item < items; ++item)
        log.items.add("i" + std::to_string(item));
    const counter_random random{99};
    for (std::uint64_t event = 0; event < events; ++event)
        log.events.push_back(
            {.user = user_index(random.stream(1).below(users, event)),
             .item = item_index(random.stream(2).below(items, event)),
             .weight = static_cast<float>(1 + random.stream(3).below(5, event)),
             .time = static_cast<unix_seconds>(random.stream(4).below(500, event))});
    log.matrix = to_matrix(log.events, users, items);
    return log;
}

/// A log of (user, item, time) whose matrix is 3 × 5.
[[nodiscard]] inline interaction_log
small_log(std::initializer_list<std::pair<std::pair<unsigned, unsigned>, unix_seconds>> events) {
    interaction_log log;
    log.has_times = true;
    for (unsigned user = 0; user < 3; ++user)
        log.users.add("u" + std::to_string(user));
    for (unsigned item = 0; item < 5; ++item)
        log.items.add("i" + std::to_string(item));
    for (const auto& [pair, time] : events)
        log.events.push_back(
            {.user = user_index(pair.first), .item = item_index(pair.second), .time = time});
    log.matrix = to_matrix(log.events, 3, 5);
    return log;
}

[[nodiscard]] inline std::vector<unsigned> items_of(const user_items& matrix, unsigned user) {
    std::vector<unsigned> items;
    for (const auto [item, weight] : matrix.row(user_index(user)))
        items.push_back(item.value());
    return items;
}

/// All parts have the shape of the whole, share no entry, and together are the whole.
inline void check_partition(const user_items& whole,
                            std::initializer_list<const user_items*> parts) {
    std::vector<triplet<user_index, item_index, float>> entries;
    for (const user_items* const part : parts) {
        REQUIRE(part->row_count() == whole.row_count());
        REQUIRE(part->column_count() == whole.column_count());
        for (std::size_t user = 0; user < part->row_count(); ++user)
            for (const auto [item, weight] : part->row(user_index(user)))
                entries.push_back({user_index(user), item, weight});
    }
    // `refuse` makes the union an error if two parts share an entry.
    CHECK(build_csr<user_index, item_index, float>(entries, {.row_count = whole.row_count(),
                                                             .column_count = whole.column_count(),
                                                             .repeated = duplicates::refuse}) ==
          whole);
}

} // namespace hybrec_test
