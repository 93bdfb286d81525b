// SPDX-License-Identifier: MIT
#include <hybrec/data/interaction_log.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("an interaction_log starts empty and holds what is put in") {
    interaction_log log;
    CHECK(log.users.empty());
    CHECK(log.matrix.entry_count() == 0);
    CHECK_FALSE(log.has_times);
    log.events.push_back({.user = log.users.add("ann"), .item = log.items.add("tea"), .weight = 2});
    log.events.push_back({.user = log.users.add("ann"), .item = log.items.add("tea"), .weight = 1});
    log.matrix = to_matrix(log.events, log.users.size(), log.items.size());
    CHECK(log.matrix.entry_count() == 1);
    CHECK(log.matrix.row(log.users.at("ann")).values().front() == 3);
}
