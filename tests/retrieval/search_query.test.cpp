// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/search_query.hpp>

#include <doctest/doctest.h>

TEST_CASE("a search_query asks for nothing unless it is given a vector") {
    CHECK(hybrec::search_query<float>{}.values == nullptr);
    CHECK(hybrec::search_query<float>{}.inverse_length == 1.0F);
}
