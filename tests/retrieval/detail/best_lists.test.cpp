// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/detail/best_lists.hpp>

#include <hybrec/core/index.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/scored.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

using namespace hybrec;

namespace {

ranking<item_index> kept(detail::best_lists<item_index>& lists, std::size_t list) {
    ranking<item_index> found;
    const std::size_t size = lists.finish(list);
    lists.visit(list, [&](item_index index, float score) { found.push_back({index, score}); });
    CHECK(found.size() == size);
    std::sort(found.begin(), found.end(), ranks_before<item_index, float>);
    return found;
}

} // namespace

TEST_CASE("best_lists keeps the best of each list, whatever their order and their ties") {
    for (const std::size_t count : {1U, 2U, 7U, 40U, 300U})
        for (const std::uint64_t values : {1U, 5U, 1'000'000U})
            for (const int order : {-1, 0, 1}) { // falling, mixed, rising
                CAPTURE(count);
                CAPTURE(values);
                CAPTURE(order);
                constexpr std::size_t offers = 500;
                detail::best_lists<item_index> lists{3, count, offers};
                ranking<item_index> all;
                for (std::size_t at = 0; at < offers; ++at)
                    all.push_back({item_index(at),
                                   1 + static_cast<float>(counter_random{3}.bits(at) % values)});
                std::sort(all.begin(), all.end(), [&](const auto& left, const auto& right) {
                    return order == 0 ? counter_random{4}.bits(left.index.value()) <
                                            counter_random{4}.bits(right.index.value())
                           : order == 1 ? ranks_before(right, left)
                                        : ranks_before(left, right);
                });
                lists.offer(0, item_index{3}, 2);
                for (const auto [index, score] : all)
                    if (score >= lists.threshold(1))
                        lists.offer(1, index, score);
                std::sort(all.begin(), all.end(), ranks_before<item_index, float>);
                all.resize(std::min(count, all.size()));
                CHECK(kept(lists, 1) == all);
                CHECK(kept(lists, 0) == ranking<item_index>{{item_index{3}, 2}});
                CHECK(kept(lists, 2).empty());
            }
}

TEST_CASE("best_lists wants scores above its threshold") {
    constexpr float least = std::numeric_limits<float>::min();
    detail::best_lists<item_index> lists{1, 2, 10};
    CHECK(lists.threshold(0) == least);
    lists.offer(0, item_index{4}, least);
    lists.offer(0, item_index{9}, 5);
    lists.offer(0, item_index{2}, std::numeric_limits<float>::infinity());
    CHECK(lists.threshold(0) <= 5);
    lists.offer(0, item_index{0}, 5);
    CHECK(lists.threshold(0) == 5);   // of four two are the best
    lists.offer(0, item_index{1}, 5); // the same, but after item 0
    CHECK(kept(lists, 0) ==
          ranking<item_index>{{item_index{2}, std::numeric_limits<float>::infinity()},
                              {item_index{0}, 5}});
    detail::best_lists<item_index> none{1, 0, 10};
    none.offer(0, item_index{4}, 5);
    CHECK(kept(none, 0).empty());
}
