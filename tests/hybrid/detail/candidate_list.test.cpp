// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/detail/candidate_list.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <vector>

using namespace hybrec;

namespace {
void propose(detail::candidate_list& lists, std::initializer_list<scored_item> list) {
    std::ranges::copy(list, lists.buffer(list.size()).begin());
    lists.take(list.size());
}
} // namespace

TEST_CASE("candidate_list is the union of lists") {
    detail::candidate_list lists;
    for (int round = 0; round < 2; ++round) { // the second finds the traces of the first
        lists.begin(10, 5);
        propose(lists, {{item_index{4}, 3.0F}, {item_index{2}, 1.0F}});
        propose(lists, {});
        propose(lists, {{item_index{2}, 9.0F}, {item_index{9}, 8.0F}, {item_index{4}, 7.0F}});
        CHECK(lists.size_of(0) == 2);
        CHECK(lists.size_of(1) == 0);
        CHECK(lists.size_of(2) == 3);
        const std::vector<item_index> expected{item_index{4}, item_index{2}, item_index{9}};
        CHECK(std::ranges::equal(lists.items(), expected));

        std::vector<float> fused(3);
        lists.fuse(fused);
        CHECK(fused[0] == doctest::Approx(1.0 / 61 + 1.0 / 63));
        CHECK(fused[1] == doctest::Approx(1.0 / 62 + 1.0 / 61));
        CHECK(fused[2] == doctest::Approx(1.0 / 62));

        score_table table;
        lists.fill(table);
        CHECK(table.component_count() == 3);
        CHECK(std::ranges::equal(table.items(), expected));
        CHECK(table.sources()[0] == 0b101);
        CHECK(table.sources()[2] == 0b100);
        CHECK(table.scores(0)[0] == 3);
        CHECK(table.scores(2)[2] == 8);
        CHECK(table.scores(2)[0] == 7);
    }
    lists.begin(10, 0);
    CHECK(lists.items().empty());
}
