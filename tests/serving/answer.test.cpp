// SPDX-License-Identifier: MIT
#include <hybrec/serving/answer.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("a cleared answer is a new one that keeps its memory") {
    answer used;
    used.items.resize(10);
    used.issues.push_back({issue_kind::engine_threw, 1, "x"});
    used.stages.push_back({"rank", std::chrono::nanoseconds{4}});
    used.degraded = used.from_cache = used.from_fallback = true;
    used.version = 4;
    const auto* const memory = used.items.data();
    used.clear();
    CHECK(used.items.empty());
    CHECK(used.issues.empty());
    CHECK(used.stages.empty());
    CHECK_FALSE(used.degraded);
    CHECK_FALSE(used.from_cache);
    CHECK_FALSE(used.from_fallback);
    CHECK(used.version == 0);
    used.items.resize(10);
    CHECK(used.items.data() == memory);
}

TEST_CASE("kinds of issues have names") {
    CHECK(name_of(issue_kind::generator_threw) == "generator threw");
    CHECK(name_of(issue_kind::stage_skipped) == "stage skipped");
    CHECK(name_of(issue_kind::fallback_invalid) == "fallback invalid");
}
