// SPDX-License-Identifier: MIT
#include <hybrec/core/fixed_array.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <mutex>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

using namespace hybrec;

namespace {

/// Counts those alive; the one made after `last` throws.
struct counted {
    static inline int alive = 0;
    static inline int last = 1000;

    explicit counted(int value) : number{value} {
        if (alive == last)
            throw std::runtime_error{"one too many"};
        ++alive;
    }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() { --alive; }

    int number;
};

static_assert(!std::is_copy_constructible_v<fixed_array<int>>);

} // namespace

TEST_CASE("fixed_array") {
    SUBCASE("objects that cannot move, each made from the arguments") {
        fixed_array<counted> few(3, 7);
        CHECK(counted::alive == 3);
        CHECK(few.size() == 3);
        few[1].number = 8;
        int sum = 0;
        for (const counted& one : std::as_const(few))
            sum += one.number;
        CHECK(sum == 22);
        const counted* const first = few.begin();
        fixed_array<counted> moved = std::move(few);
        CHECK(moved.begin() == first);
        CHECK(few.size() == 0);
        CHECK(counted::alive == 3);
        moved = {};
        CHECK(moved.size() == 0);
        CHECK(counted::alive == 0);
        const fixed_array<std::mutex> locks(2);
        CHECK(locks.end() - locks.begin() == 2);
    }
    SUBCASE("each has a copy of its own") {
        const std::vector<int> source{1, 2};
        fixed_array<std::vector<int>> copies(2, source);
        copies[0].push_back(3);
        CHECK(copies[1] == source);
    }
    SUBCASE("if one of them throws, those before it are destroyed") {
        counted::last = 2;
        CHECK_THROWS_AS(fixed_array<counted>(5, 1), std::runtime_error);
        CHECK(counted::alive == 0);
        counted::last = 1000;
    }
    CHECK(fixed_array<int>{}.size() == 0);
}
