// SPDX-License-Identifier: MIT
#include <hybrec/serving/no_fallback.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

static_assert(engine<no_fallback>);

TEST_CASE("no fallback answers with nothing") {
    no_fallback::workspace memory;
    std::vector<scored_item> out(3);
    CHECK(no_fallback::recommend_into(request{user_index{1}}, std::span{out}, memory) == 0);
}
