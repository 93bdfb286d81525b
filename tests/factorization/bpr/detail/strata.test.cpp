// SPDX-License-Identifier: MIT
#include <hybrec/factorization/bpr/detail/strata.hpp>

#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

using namespace hybrec;

TEST_CASE("strata hold every entry once, and those of a diagonal share nothing") {
    const counter_random random{3};
    std::vector<triplet<user_index, item_index, float>> triplets;
    std::set<std::pair<std::size_t, std::size_t>> pairs;
    for (std::size_t k = 0; k < 3000; ++k) {
        const std::size_t user = random.below(300, 2 * k);
        const std::size_t item = random.below(200, 2 * k + 1);
        if (pairs.emplace(user, item).second)
            triplets.push_back({user_index(user), item_index(item), 1.0F});
    }
    const auto matrix =
        build_csr<user_index, item_index, float>(triplets, {.row_count = 310, .column_count = 200});
    const detail::positive_entries<> positives{matrix.offsets(), matrix.columns()};
    std::vector<item_index> chosen;
    for (std::size_t item = 0; item < 200; ++item)
        chosen.push_back(item_index(item));
    detail::strata<> strata{matrix.offsets(), chosen, 203}; // nobody chose the last three
    REQUIRE(strata.count() == 3);
    CHECK(strata.item_count() == 200);

    std::vector<std::size_t> first_blocks;
    for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
        strata.draw(positives, random.stream(epoch), {});
        std::vector<std::size_t> block_of(200, 99);
        for (std::size_t block = 0; block < 3; ++block) {
            CHECK(strata.items(block).size() >= 66);
            for (const item_index item : strata.items(block)) {
                CHECK(block_of[item.value()] == 99);
                block_of[item.value()] = block;
            }
        }
        std::set<std::pair<std::size_t, std::size_t>> seen;
        for (std::size_t users = 0; users < 3; ++users)
            for (std::size_t items = 0; items < 3; ++items)
                for (const auto [user, item] : strata.entries(users, items)) {
                    CHECK(block_of[item.value()] == items);
                    seen.emplace(user.value(), item.value());
                }
        CHECK(seen == pairs);
        // No user is in two blocks.
        std::vector<std::size_t> user_block(310, 99);
        for (std::size_t users = 0; users < 3; ++users)
            for (std::size_t items = 0; items < 3; ++items)
                for (const auto& entry : strata.entries(users, items)) {
                    auto& known = user_block[entry.user.value()];
                    CHECK((known == 99 || known == users));
                    known = users;
                }
        if (epoch == 0)
            first_blocks = block_of;
        else
            CHECK(first_blocks != block_of);
    }
}

TEST_CASE("small matrices are one stratum, large ones have 64 blocks") {
    CHECK(detail::strata<>::count_for(1, 1) == 1);
    CHECK(detail::strata<>::count_for(1000, 127) == 1);
    CHECK(detail::strata<>::count_for(128, 5000) == 2);
    CHECK(detail::strata<>::count_for(1'000'000, 1'000'000) == 64);
}

TEST_CASE("a pair filter never denies what it holds, and tells most other pairs apart") {
    std::vector<detail::strata_entry<>> entries;
    const counter_random random{4};
    for (std::size_t k = 0; k < 500; ++k)
        entries.push_back(
            {user_index(random.below(100, 2 * k)), item_index(2 * random.below(100, 2 * k + 1))});
    detail::pair_filter<> filter;
    filter.assign(entries);
    for (const auto [user, item] : entries)
        CHECK(filter.may_hold(user, item));
    std::size_t wrong = 0;
    for (std::size_t user = 0; user < 100; ++user)
        for (std::size_t item = 1; item < 200; item += 2)
            wrong += filter.may_hold(user_index(user), item_index(item));
    CHECK(wrong < 1000); // of 10,000
    filter.assign({});
    CHECK(!filter.may_hold(entries[0].user, entries[0].item));
}
