// SPDX-License-Identifier: MIT
#include <hybrec/serving/list_cache.hpp>

#include "engines.hpp"

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <list>
#include <thread>
#include <vector>

using namespace hybrec;
using namespace std::chrono_literals;
using engines::manual_clock;

namespace {

using cache_type = list_cache<int, manual_clock>;
using query = cache_type::query;

const int phone = 1;
const int screen = 2;

/// Of a user on the phone.
query of(std::uint32_t user, std::size_t count) {
    return {.user = user_index{user}, .count = count, .context = phone};
}

manual_clock::time_point at(std::chrono::nanoseconds when) {
    return manual_clock::time_point{when};
}
std::vector<scored_item> list_of(std::uint32_t item) { return {{item_index{item}, 1.0F}}; }

/// Puts an answer in as a service does.
void put(cache_type& cache, const query& asked, std::uint32_t item, std::chrono::nanoseconds when) {
    std::vector<scored_item> out;
    const auto ticket = cache.find(asked, at(when), out);
    REQUIRE_FALSE(ticket.hit);
    cache.insert(asked, ticket, at(when), list_of(item));
}
/// The item that is kept for a query, or -1.
int get(cache_type& cache, const query& asked, std::chrono::nanoseconds when) {
    std::vector<scored_item> out;
    if (!cache.find(asked, at(when), out).hit)
        return -1;
    return out.empty() ? -2 : static_cast<int>(out.front().index.value());
}

/// A context that hashes as the test wants, and whose values are all the same.
struct chosen_hash {
    std::uint64_t hash = 0;
    friend bool operator==(const chosen_hash&, const chosen_hash&) noexcept { return true; }
};

} // namespace

template <>
struct std::hash<chosen_hash> {
    std::size_t operator()(const chosen_hash& value) const noexcept { return value.hash; }
};

TEST_CASE("requests with the same hash are told apart") {
    // The hash of a query ends with that of its context, so that a context can undo any difference:
    // hash_combine mixes seed · factor ^ value, one to one.
    const auto colliding = [](std::uint64_t first, std::uint64_t second) {
        return chosen_hash{(first * 0x9E3779B97F4A7C15U) ^ (second * 0x9E3779B97F4A7C15U)};
    };
    const auto of_owner = [](std::uint64_t owner, std::uint64_t version) {
        return detail::hash_combine(detail::hash_combine(owner, 10), version);
    };
    const std::vector<weighted_item> history{{item_index{7}, 1.0F}};
    const std::uint64_t user = detail::hash_combine(1, 3);
    const std::uint64_t with_history =
        detail::hash_combine(user, (std::uint64_t{0x3F800000} << 32) | 7);
    const chosen_hash zero{};
    const chosen_hash same_as_second_version = colliding(of_owner(user, 1), of_owner(user, 2));
    const chosen_hash same_as_history = colliding(of_owner(user, 1), of_owner(with_history, 1));
    REQUIRE(detail::hash_combine(of_owner(user, 1), 0) ==
            detail::hash_combine(of_owner(user, 2), same_as_second_version.hash));

    using colliding_cache = list_cache<chosen_hash, manual_clock>;
    colliding_cache cache{{.capacity = 10}, 1h};
    const colliding_cache::query one{
        .user = user_index{3}, .count = 10, .version = 1, .context = zero};
    const colliding_cache::query second_version{
        .user = user_index{3}, .count = 10, .version = 2, .context = same_as_second_version};
    const colliding_cache::query longer{.user = user_index{3},
                                        .history = history,
                                        .count = 10,
                                        .version = 1,
                                        .context = same_as_history};
    std::vector<scored_item> out;
    const auto ticket = cache.find(one, at(1s), out);
    CHECK(cache.find(second_version, at(1s), out).hash == ticket.hash);
    CHECK(cache.find(longer, at(1s), out).hash == ticket.hash);
    cache.insert(one, ticket, at(1s), list_of(5));
    CHECK(cache.find(one, at(1s), out).hit);
    CHECK_FALSE(cache.find(second_version, at(1s), out).hit);
    CHECK_FALSE(cache.find(longer, at(1s), out).hit);
}

TEST_CASE("an answer is found by everything that decides it") {
    cache_type cache{{.capacity = 100}, 1h};
    const std::vector<weighted_item> history{{item_index{1}, 1.0F}, {item_index{2}, 2.0F}};
    const std::vector<weighted_item> others{{item_index{1}, 1.0F}, {item_index{2}, 3.0F}};
    const query base{
        .user = user_index{3}, .history = {}, .count = 10, .version = 1, .context = phone};
    std::vector<query> different(8, base);
    different[1].user = user_index{4};
    different[2].history = history;
    different[3].history = others;
    different[4].count = 9;
    different[5].version = 2;
    different[6].context = screen;
    different[7] = {.user = {}, .history = history, .count = 10, .version = 1, .context = phone};
    for (std::uint32_t item = 0; item < different.size(); ++item)
        put(cache, different[item], item, 1s);
    for (std::uint32_t item = 0; item < different.size(); ++item)
        CHECK(get(cache, different[item], 2s) == static_cast<int>(item));
    const std::vector<weighted_item> copy = history; // other memory, same history
    different[7].history = copy;
    CHECK(get(cache, different[7], 2s) == 7);
    different[7].history = others;
    CHECK(get(cache, different[7], 2s) == -1);
    CHECK(cache.statistics().hits == 9);
    CHECK(cache.statistics().misses == 9);
    CHECK(cache.statistics().evictions == 0);
    CHECK(cache.statistics().hit_rate() == doctest::Approx(0.5));
}

TEST_CASE("an answer is given out for its time") {
    cache_type cache{{.capacity = 4}, 10s};
    const query asked = of(0, 1);
    put(cache, asked, 5, 100s);
    CHECK(get(cache, asked, 110s - 1ns) == 5);
    CHECK(get(cache, asked, 110s) == -1);
    CHECK(cache.statistics().expirations == 1);
    CHECK(get(cache, asked, 110s) == -1);
    CHECK(cache.statistics().expirations == 1); // it went when it expired
    put(cache, asked, 6, 110s);
    CHECK(get(cache, asked, 119s) == 6);

    cache_type forever{{.capacity = 4}, std::chrono::nanoseconds::max()};
    put(forever, asked, 7, 100s);
    CHECK(get(forever, asked, std::chrono::hours{24 * 365 * 100}) == 7);
}

TEST_CASE("an answer may be empty, and a second one replaces the first") {
    cache_type cache{{.capacity = 4}, 10s};
    const query asked = of(0, 1);
    std::vector<scored_item> out;
    const auto ticket = cache.find(asked, at(0s), out);
    cache.insert(asked, ticket, at(0s), {});
    CHECK(get(cache, asked, 1s) == -2);
    cache.insert(asked, ticket, at(5s), list_of(8)); // another thread was slower
    CHECK(get(cache, asked, 14s) == 8);
}

TEST_CASE("the least recently used answer makes room, as in a list that is searched") {
    constexpr std::size_t capacity = 7;
    cache_type cache{{.capacity = capacity}, std::chrono::hours{1000}};
    std::list<std::uint32_t> model; // most recent first
    std::uint64_t evictions = 0;
    const counter_random random{5};
    for (std::uint64_t step = 0; step < 3000; ++step) {
        const auto user = static_cast<std::uint32_t>(random.below(12, step));
        const query asked = of(user, 3);
        if (step % 97 == 96) {
            cache.invalidate(user_index{user});
            model.remove(user);
            continue;
        }
        const auto found = std::find(model.begin(), model.end(), user);
        const bool expected = found != model.end();
        std::vector<scored_item> out;
        const auto ticket = cache.find(asked, at(1s), out);
        REQUIRE(ticket.hit == expected);
        if (expected) {
            REQUIRE(out == list_of(user));
            model.erase(found);
        } else {
            cache.insert(asked, ticket, at(1s), list_of(user));
            if (model.size() == capacity) {
                model.pop_back();
                ++evictions;
            }
        }
        model.push_front(user);
    }
    CHECK(cache.statistics().evictions == evictions);
    CHECK(evictions > 100);
}

TEST_CASE("what is too long is not taken, and a cache of nothing takes nothing") {
    const std::vector<weighted_item> history(3);
    cache_type cache{{.capacity = 4, .longest_list = 5, .longest_history = 2}, 10s};
    CHECK(cache.takes(of(0, 5)));
    CHECK_FALSE(cache.takes(of(0, 6)));
    CHECK(cache.takes({.history = std::span{history}.first(2), .count = 5, .context = phone}));
    CHECK_FALSE(cache.takes({.history = history, .count = 5, .context = phone}));
    const cache_type none{{.capacity = 0}, 10s};
    CHECK_FALSE(none.takes(of(0, 5)));
}

TEST_CASE("an invalidated user's answers go, also those on their way") {
    cache_type cache{{.capacity = 5000}, 1h}; // several shards
    for (std::uint32_t user = 0; user < 200; ++user)
        for (std::size_t count = 1; count <= 3; ++count)
            put(cache, of(user, count), user, 1s);
    cache.invalidate(user_index{17});
    for (std::uint32_t user = 0; user < 200; ++user)
        for (std::size_t count = 1; count <= 3; ++count)
            CHECK(get(cache, of(user, count), 2s) == (user == 17 ? -1 : static_cast<int>(user)));

    const query asked = of(17, 1);
    std::vector<scored_item> out;
    const auto ticket = cache.find(asked, at(3s), out);
    cache.invalidate(user_index{17});
    cache.insert(asked, ticket, at(3s), list_of(1)); // computed before the user acted
    CHECK(get(cache, asked, 3s) == -1);

    cache.clear();
    for (std::uint32_t user = 0; user < 200; ++user)
        CHECK(get(cache, of(user, 2), 2s) == -1);
}

TEST_CASE("threads share a cache") {
    cache_type cache{{.capacity = 600}, 1h};
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> threads;
        for (std::uint32_t thread = 0; thread < 4; ++thread)
            threads.emplace_back([&, thread] {
                const counter_random random{thread};
                std::vector<scored_item> out;
                for (std::uint64_t step = 0; step < 3000; ++step) {
                    const auto user = static_cast<std::uint32_t>(random.below(900, step));
                    const query asked = of(user, 2);
                    const auto ticket = cache.find(asked, at(1s), out);
                    if (ticket.hit)
                        wrong += out != list_of(user);
                    else
                        cache.insert(asked, ticket, at(1s), list_of(user));
                    if (step % 100 == 0)
                        cache.invalidate(user_index{user});
                }
            });
    }
    CHECK(wrong == 0);
    const cache_statistics statistics = cache.statistics();
    CHECK(statistics.hits + statistics.misses == 12000);
    CHECK(statistics.hits > 3000);
}
