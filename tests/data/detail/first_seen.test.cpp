// SPDX-License-Identifier: MIT
/// @file
/// Tests of numbering ids by several threads.
#include <hybrec/data/detail/first_seen.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

using namespace hybrec;
using detail::text_hash;

TEST_CASE("first_seen") {
    SUBCASE("numbers texts of all lengths in the order of their arrival") {
        detail::first_seen own;
        std::vector<std::string> ids;
        for (int length = 0; length < 60; ++length)
            for (const char letter : {'a', 'b'})
                if (length > 0 || letter == 'a')
                    ids.push_back(std::string(static_cast<std::size_t>(length), 'x')
                                      .substr(0, static_cast<std::size_t>(length) -
                                                     static_cast<std::size_t>(length > 0)) +
                                  std::string(length > 0, letter));
        ids.emplace_back("a\0", 2); // zeros are letters
        ids.emplace_back("a\0\0", 3);
        for (int round = 0; round < 2; ++round)
            for (std::size_t at = 0; at < ids.size(); ++at)
                REQUIRE(own.add(ids[at], text_hash(ids[at]), 10 * at) == at);
        REQUIRE(own.size() == ids.size());
        for (std::size_t at = 0; at < ids.size(); ++at) {
            CHECK(own[at] == ids[at]);
            CHECK(own.place(at) == 10 * at);
        }
    }
    SUBCASE("ids with the same hash are told apart") {
        detail::first_seen own;
        const std::vector<std::string_view> ids = {"abcdefgh-1",
                                                   "abcdefgh-2",
                                                   "Xbcdefgh-1",
                                                   "short",
                                                   "shorT",
                                                   "a text that is longer than a slot holds 1",
                                                   "a text that is longer than a slot holds 2"};
        for (std::size_t at = 0; at < ids.size(); ++at)
            CHECK(own.add(ids[at], 5, at) == at);
        for (std::size_t at = 0; at < ids.size(); ++at)
            CHECK(own.add(ids[at], 5, 99) == at);
    }
}

TEST_CASE("merge_first_seen") {
    // 3000 places with ids, dealt to threads in runs: as if one thread had read all.
    const counter_random random{8};
    for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
        id_map<user_index> expected;
        std::vector<detail::first_seen> own(threads);
        std::vector<std::vector<std::uint32_t>> local(threads);
        std::vector<std::vector<user_index>> common(threads);
        for (std::uint64_t place = 0; place < 3000; ++place) {
            const std::string id = "user" + std::to_string(random.below(1 + place / 2, place));
            const std::size_t thread = random.below(threads, 100'000 + place / 50);
            local[thread].push_back(own[thread].add(id, text_hash(id), place));
            common[thread].push_back(expected.add(id));
        }
        aligned_vector<const detail::first_seen*> all;
        for (const detail::first_seen& one : own)
            all.push_back(&one);
        const auto merged = detail::merge_first_seen<user_index>(all);
        CHECK(merged.ids == expected);
        for (std::size_t thread = 0; thread < threads; ++thread)
            for (std::size_t at = 0; at < local[thread].size(); ++at)
                REQUIRE(merged.numbers[thread][local[thread][at]] == common[thread][at].value());
    }
    CHECK(detail::merge_first_seen<user_index>({}).ids.empty());
}
