// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/learning.hpp>

#include <doctest/doctest.h>

TEST_CASE("learning options have defaults that look at everybody") {
    const hybrec::learning_options options;
    CHECK(options.most_users == 0);
    CHECK(options.depth > 0);
}
