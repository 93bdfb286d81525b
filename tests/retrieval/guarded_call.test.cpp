// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/guarded_call.hpp>

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hybrec;

namespace {

struct switched_recorder {
    struct switchable {
        const bool* over;
        [[nodiscard]] bool passed() const noexcept { return *over; }
        [[nodiscard]] std::chrono::nanoseconds time_left() const noexcept {
            return std::chrono::nanoseconds{*over ? 0 : 1};
        }
    };
    bool over = false;
    std::vector<generator_failure> kinds{};
    std::vector<std::string> texts{};
    std::size_t generator = 0;

    void stage_begin(std::size_t) noexcept {}
    void stage_end(std::size_t) noexcept {}
    void generator_failed(std::size_t g, generator_failure why, std::string_view what) noexcept {
        generator = g;
        kinds.push_back(why);
        texts.emplace_back(what);
    }
    void deadline_passed(std::size_t) noexcept {}
    [[nodiscard]] switchable deadline() const noexcept { return {&over}; }
};
static_assert(engine_observer<switched_recorder>);

} // namespace

TEST_CASE("a generator that fails costs its own list and nothing else") {
    switched_recorder seen;
    list_checker checker;
    std::array<scored_item, 4> out{};
    const auto call = [&](auto&& generate) {
        seen.kinds.clear();
        seen.texts.clear();
        return guarded_call(7, generate, std::span{out}, 10, checker, seen);
    };
    const auto two = [](std::span<scored_item> list) {
        list[0] = {item_index{4}, 2};
        list[1] = {item_index{9}, 1};
        return std::size_t{2};
    };

    SUBCASE("a good one") {
        CHECK(call(two) == 2);
        CHECK(seen.kinds.empty());
        CHECK(out[1].index == item_index{9});
    }
    SUBCASE("one that throws") {
        CHECK(call([](auto) -> std::size_t { throw std::runtime_error{"gone"}; }) == 0);
        CHECK(seen.kinds == std::vector{generator_failure::threw});
        CHECK(seen.texts.front() == "gone");
        CHECK(seen.generator == 7);
        CHECK(call([](auto) -> std::size_t { throw 3; }) == 0);
        CHECK(seen.kinds == std::vector{generator_failure::threw});
    }
    SUBCASE("one that is late") {
        CHECK(call([&](std::span<scored_item> list) {
                  seen.over = true;
                  return two(list);
              }) == 0);
        CHECK(seen.kinds == std::vector{generator_failure::late});
    }
    SUBCASE("an engine that reports its own lateness is not reported twice") {
        CHECK(call([&](std::span<scored_item> list, auto& inner) {
                  seen.over = true;
                  inner.generator_failed(0, generator_failure::late, "left behind");
                  return two(list);
              }) == 0);
        CHECK(seen.kinds == std::vector{generator_failure::late});
        CHECK(seen.texts.front() == "left behind");
        CHECK(seen.generator == 7);
        seen.over = false;
        CHECK(call([&](std::span<scored_item> list, engine_observer auto&) { return two(list); }) ==
              2);
    }
    SUBCASE("one whose time is over is not called") {
        seen.over = true;
        bool called = false;
        CHECK(call([&](auto) {
                  called = true;
                  return std::size_t{1};
              }) == 0);
        CHECK_FALSE(called);
        CHECK(seen.kinds == std::vector{generator_failure::skipped});
    }
    SUBCASE("one that writes rubbish") {
        CHECK(call([&](std::span<scored_item> list) {
                  list[0] = {item_index{10}, 3};
                  list[1] = {item_index{1}, std::numeric_limits<float>::quiet_NaN()};
                  list[2] = {item_index{2}, 1};
                  list[3] = {item_index{2}, 1};
                  return std::size_t{4};
              }) == 1);
        CHECK(out[0] == scored_item{item_index{2}, 1});
        CHECK(seen.kinds == std::vector{generator_failure::invalid});
    }
    SUBCASE("one that says that it wrote beyond its buffer") {
        CHECK(call([](auto) { return std::size_t{5}; }) == 0);
        CHECK(seen.kinds == std::vector{generator_failure::invalid});
    }
}
