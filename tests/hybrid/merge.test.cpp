// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/merge.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <set>
#include <span>
#include <vector>

using namespace hybrec;

namespace {

/// Lists of items, and what merges write.
struct bench {
    std::vector<std::vector<scored_item>> lists;
    std::vector<std::span<const scored_item>> views;
    std::vector<scored_item> out;
    std::vector<std::uint32_t> sources;
    merge_workspace memory;

    bench(const std::vector<std::vector<int>>& items, std::size_t places)
        : out(places), sources(places) {
        for (const auto& list : items) {
            lists.emplace_back();
            for (const int item : list)
                lists.back().push_back({item_index(item), 7.0F});
        }
        views.assign(lists.begin(), lists.end());
    }

    /// What `merge(views, out, sources, memory)` writes, checked for what all merges promise.
    template <class Merge>
    std::vector<int> operator()(const Merge& merge) {
        const std::size_t size = merge();
        REQUIRE(size <= out.size());
        std::vector<int> items;
        for (std::size_t at = 0; at < size; ++at) {
            items.push_back(static_cast<int>(out[at].index.value()));
            CHECK(out[at].score ==
                  static_cast<float>(1 - static_cast<double>(at) / static_cast<double>(size)));
            const auto& source = lists[sources[at]];
            CHECK(std::any_of(source.begin(), source.end(), [&](const scored_item& each) {
                return each.index == out[at].index;
            }));
        }
        CHECK(std::set<int>(items.begin(), items.end()).size() == size);
        sources.resize(size);
        return items;
    }
};

using ints = std::vector<int>;
using teams = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("interleave takes turns") {
    const auto merged = [](bench each) {
        const auto items =
            each([&] { return interleave(each.views, each.out, each.sources, each.memory); });
        return std::pair{items, each.sources};
    };
    // The second list's turn skips 1, which is there, and takes 8.
    CHECK(merged({{{1, 2, 3}, {1, 8}, {9}}, 10}) ==
          std::pair{ints{1, 8, 9, 2, 3}, teams{0, 1, 2, 0, 0}});
    CHECK(merged({{{1, 2, 3}, {1, 8}, {9}}, 2}) == std::pair{ints{1, 8}, teams{0, 1}});
    CHECK(merged({{{1, 2}, {1, 2}}, 5}).first == ints{1, 2});
    CHECK(merged({{{}, {4, 5}}, 5}).first == ints{4, 5});
    CHECK(merged({{}, 5}).first.empty());
    CHECK(merged({{{1}}, 0}).first.empty());
}

TEST_CASE("concatenate gives each list a block") {
    const auto merged = [](bench each, const std::vector<std::size_t>& quotas) {
        return each(
            [&] { return concatenate(each.views, quotas, each.out, each.sources, each.memory); });
    };
    CHECK(merged({{{1, 2, 3}, {2, 1, 8, 9}, {5}}, 10}, {2, 1, 4}) == ints{1, 2, 8, 5});
    CHECK(merged({{{1, 2, 3}, {2, 1, 8, 9}, {5}}, 3}, {2, 5, 4}) == ints{1, 2, 8});
    CHECK(merged({{{1, 2}, {3}}, 5}, {0, 1}) == ints{3});
    CHECK(merged({{{1, 2}}, 0}, {2}).empty());
}

TEST_CASE("fill completes a short list") {
    bench each{{{1, 2}, {2, 3, 4}, {5}}, 4};
    CHECK(each([&] { return fill(each.views, each.out, each.sources, each.memory); }) ==
          ints{1, 2, 3, 4});
    CHECK(each.sources == teams{0, 0, 1, 1});
    bench all{{{1, 2}, {2, 3, 4}, {5}}, 40};
    CHECK(all([&] { return fill(all.views, all.out, all.sources, all.memory); }) ==
          ints{1, 2, 3, 4, 5});
    // Nobody wants to know the sources; the workspace is warm.
    std::vector<scored_item> out(2);
    CHECK(fill(all.views, out, {}, all.memory) == 2);
    CHECK(out[1].index == item_index{2});
}

TEST_CASE("team_draft") {
    const auto drafted = [](bench each, std::uint64_t seed) {
        const auto items = each([&] {
            return team_draft(each.views, each.out, each.sources, counter_random{seed},
                              each.memory);
        });
        return std::pair{items, each.sources};
    };
    SUBCASE("teams stay level, and pick their best") {
        for (std::uint64_t seed = 0; seed < 50; ++seed) {
            const auto [items, sources] =
                drafted({{{1, 2, 3, 4}, {11, 12, 13, 14}, {21, 22, 23, 24}}, 12}, seed);
            REQUIRE(items.size() == 12);
            std::vector<int> picks(3);
            for (std::size_t at = 0; at < 12; ++at) {
                CHECK(items[at] == 10 * static_cast<int>(sources[at]) + ++picks[sources[at]]);
                CHECK(*std::max_element(picks.begin(), picks.end()) -
                          *std::min_element(picks.begin(), picks.end()) <=
                      1);
            }
        }
    }
    SUBCASE("every team comes first equally often") {
        std::vector<int> first(3);
        for (std::uint64_t seed = 0; seed < 3000; ++seed)
            ++first[drafted({{{1}, {2}, {3}}, 1}, seed).second[0]];
        for (const int count : first)
            CHECK(std::abs(count - 1000) < 120); // 4.6 standard deviations
    }
    SUBCASE("shared items are credited to who picked them, empty teams drop out") {
        bool by_first = false, by_second = false;
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const auto [items, sources] = drafted({{{1, 2}, {1, 3}, {}}, 10}, seed);
            CHECK(std::set<int>(items.begin(), items.end()) == std::set<int>{1, 2, 3});
            CHECK(items[0] == 1);
            by_first = by_first || sources[0] == 0;
            by_second = by_second || sources[0] == 1;
        }
        CHECK(by_first);
        CHECK(by_second);
        CHECK(drafted({{{1, 2, 3}, {1, 2, 3}}, 10}, 5).first == ints{1, 2, 3});
        CHECK(drafted({{{5, 1}}, 10}, 5).first == ints{5, 1});
        CHECK(drafted({{}, 10}, 5).first.empty());
        CHECK(drafted({{{1}, {2}}, 0}, 5).first.empty());
    }
    SUBCASE("the same seed, the same list") {
        const bench each{{{1, 2, 3}, {3, 2, 1}, {4}}, 4};
        CHECK(drafted(each, 9) == drafted(each, 9));
    }
}

TEST_CASE("merges agree with sets on long lists") {
    bench each{{{}, {}}, 700};
    for (std::uint64_t at = 0; at < 400; ++at)
        for (std::size_t list = 0; list < 2; ++list) {
            // Multiples of 1024 meet in a hash table that forgets upper bits.
            const item_index item(1024 * counter_random{list}.below(600, at));
            auto& own = each.lists[list];
            if (std::none_of(own.begin(), own.end(),
                             [&](const scored_item& other) { return other.index == item; }))
                own.push_back({item, 0.0F});
        }
    each.views.assign(each.lists.begin(), each.lists.end());
    std::set<item_index> all;
    for (const auto& list : each.lists)
        for (const auto [item, score] : list)
            all.insert(item);
    for (int round = 0; round < 3; ++round)
        CHECK(interleave(each.views, each.out, {}, each.memory) == all.size());
    each.sources.resize(700);
    CHECK(each([&] {
              return interleave(each.views, each.out, each.sources, each.memory);
          }).size() == all.size());
}
