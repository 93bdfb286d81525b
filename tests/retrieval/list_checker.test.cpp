// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/list_checker.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <set>
#include <vector>

using namespace hybrec;

namespace {

constexpr float undefined = std::numeric_limits<float>::quiet_NaN();
constexpr float inf = std::numeric_limits<float>::infinity();

scored_item at(std::uint32_t item, float score) { return {item_index{item}, score}; }

} // namespace

TEST_CASE("what no list may hold is taken out, and the rest keeps its order") {
    list_checker checker;
    std::vector<scored_item> list{at(3, 9), at(1, undefined), at(3, 8), at(0, inf), at(5, 7),
                                  at(4, 1), at(0, -2),  at(4, 2), at(2, -inf)};
    const list_report report = checker.check(list, 5);
    CHECK(report.size == 3);
    CHECK(report.not_finite == 3);
    CHECK(report.unknown == 1);
    CHECK(report.repeated == 2);
    CHECK_FALSE(report.clean());
    CHECK(report.complaint() == "scores that are not finite");
    list.resize(report.size);
    CHECK(list == std::vector{at(3, 9), at(4, 1), at(0, -2)});

    const list_report again = checker.check(list, 5);
    CHECK(again.clean());
    CHECK(again.size == 3);
    CHECK(checker.check(list, 0).unknown == 3);
    CHECK(checker.check({}, 5).size == 0);
}

TEST_CASE("a checker serves many lists, as a set would") {
    list_checker checker;
    const counter_random random{42};
    std::uint64_t drawn = 0;
    for (std::size_t round = 0; round < 300; ++round) {
        const std::size_t size = random.below(200, drawn++);
        // Few items and items far apart: both collide.
        const std::uint32_t step = round % 2 ? 1 : 1U << 24;
        std::vector<scored_item> list;
        std::vector<scored_item> expected;
        std::set<std::uint32_t> seen;
        for (std::size_t entry = 0; entry < size; ++entry) {
            const auto item = static_cast<std::uint32_t>(random.below(120, drawn++)) * step;
            list.push_back(at(item, static_cast<float>(entry)));
            if (seen.insert(item).second)
                expected.push_back(list.back());
        }
        const list_report report = checker.check(list, std::size_t{1} << 32);
        list.resize(report.size);
        CHECK(list == expected);
        CHECK(report.repeated == size - expected.size());
    }
}
