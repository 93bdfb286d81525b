// SPDX-License-Identifier: MIT
#include <hybrec/concepts/engine.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <type_traits>

using namespace hybrec;

static_assert(engine_observer<no_observer>);

namespace {

struct plain {
    struct workspace {};
    std::size_t recommend_into(const request<>&, std::span<scored_item>, workspace&) const {
        return 0;
    }
};
struct without_workspace {
    std::size_t recommend_into(const request<>&, std::span<scored_item>, int&) const { return 0; }
};
struct in_stages : plain {
    static constexpr std::size_t stage_count = 1;
    static constexpr const char* stage_name(std::size_t) { return "all"; }
    using plain::recommend_into;
    std::size_t recommend_into(const request<>&, std::span<scored_item>, workspace&,
                               engine_observer auto&) const {
        return 0;
    }
};
struct other_context {};

static_assert(engine<plain> && !staged_engine<plain> && !sized_engine<plain>);
static_assert(engine<in_stages> && staged_engine<in_stages>);
static_assert(!engine<without_workspace> && !engine<int>);
static_assert(!engine<plain, request<other_context>>, "an engine for other requests");
static_assert(std::is_empty_v<no_observer>);
static_assert(!engine_observer<plain>);

struct log_of_stages {
    std::string text;
    void stage_begin(std::size_t i) noexcept { text += "+" + std::to_string(i); }
    void stage_end(std::size_t i) noexcept { text += "-" + std::to_string(i); }
    void generator_failed(std::size_t, generator_failure, std::string_view) noexcept {}
    void deadline_passed(std::size_t) noexcept {}
    [[nodiscard]] no_deadline deadline() const noexcept { return {}; }
};
static_assert(engine_observer<log_of_stages>);

} // namespace

TEST_CASE("a stage ends where its scope ends, also by an exception") {
    log_of_stages log;
    {
        const observed_stage stage{log, 0};
        log.text += "x";
    }
    try {
        const observed_stage stage{log, 1};
        throw std::runtime_error{""};
    } catch (const std::runtime_error&) {
        log.text += "c";
    }
    CHECK(log.text == "+0x-0+1-1c");
}
