// SPDX-License-Identifier: MIT
#include <hybrec/neural/row_groups.hpp>

#include <doctest/doctest.h>

#include <vector>

using hybrec::neural::row_groups;
using positions = std::vector<std::uint32_t>;

namespace {

positions list(std::span<const std::uint32_t> values) { return {values.begin(), values.end()}; }

} // namespace

TEST_CASE("neural::row_groups groups a batch in order of first appearance") {
    row_groups groups;
    groups.group(positions{7, 2, 7, 0, 2, 7}, 9);
    CHECK(list(groups.rows()) == positions{7, 2, 0});
    CHECK(list(groups.members(0)) == positions{0, 2, 5});
    CHECK(list(groups.members(1)) == positions{1, 4});
    CHECK(list(groups.members(2)) == positions{3});
    CHECK(groups.slot(2) == 1);
    CHECK(groups.contains(0));
    CHECK(!groups.contains(1));
    CHECK(!groups.contains(8));
    groups.group(positions{2, 8}, 9); // forgets the last batch
    CHECK(list(groups.rows()) == positions{2, 8});
    CHECK(list(groups.members(0)) == positions{0});
    groups.group(positions{}, 9);
    CHECK(groups.size() == 0);
    groups.group(positions{20}, 21); // a larger table
    CHECK(list(groups.members(0)) == positions{0});
}
