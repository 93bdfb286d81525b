// SPDX-License-Identifier: MIT
/// @file
/// Tests of the maps between ids and indices.
#include <hybrec/data/id_map.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <type_traits>

using namespace hybrec;

TEST_CASE("id_map of texts") {
    id_map<user_index> ids;
    CHECK(ids.empty());
    CHECK_FALSE(ids.find("a"));
    CHECK(ids.add("a") == user_index(0));
    CHECK(ids.add("") == user_index(1));
    CHECK(ids.add(std::string_view{"a\0b", 3}) == user_index(2));
    CHECK(ids.add("a") == user_index(0));
    CHECK(ids.size() == 3);
    CHECK(ids[user_index(2)] == std::string_view{"a\0b", 3});
    CHECK(ids.at("") == user_index(1));
    CHECK(ids.contains("a"));
    CHECK_FALSE(ids.contains("b"));
    CHECK_THROWS_WITH_AS(static_cast<void>(ids.at("USR_9")),
                         "unknown id \"USR_9\"; the map holds 3 ids", unknown_id_error);

    SUBCASE("many ids, and equality") {
        id_map<item_index> many;
        id_map<item_index> other;
        for (int number = 0; number < 5000; ++number) {
            CHECK(many.add(std::to_string(number)).value() == static_cast<unsigned>(number));
            other.add(std::to_string(number));
        }
        for (int number = 0; number < 5000; ++number) {
            const auto found = many.find(std::to_string(number));
            REQUIRE(found);
            CHECK(many[*found] == std::to_string(number));
        }
        CHECK(many == other);
        other.add("x");
        CHECK_FALSE(many == other);
    }
}

TEST_CASE("id_map of integers") {
    id_map<item_index, std::int64_t> ids;
    for (std::int64_t id = -2000; id < 2000; id += 3)
        ids.add(id * 1000000007);
    for (std::uint32_t at = 0; at < ids.size(); ++at)
        CHECK(ids.at(ids[item_index(at)]) == item_index(at));
    CHECK_FALSE(ids.contains(1));
    CHECK_THROWS_WITH_AS(static_cast<void>(ids.at(7)), "unknown id 7; the map holds 1334 ids",
                         unknown_id_error);
}

// Ids of users cannot be taken for items.
static_assert(!std::is_same_v<id_map<user_index>, id_map<item_index>>);
static_assert(!std::is_convertible_v<user_index, item_index>);
