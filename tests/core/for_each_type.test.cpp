// SPDX-License-Identifier: MIT
#include <hybrec/core/for_each_type.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

TEST_CASE("for_each_type calls its body once per type, in order") {
    std::vector<std::size_t> sizes;
    hybrec::for_each_type<char, double, char>([&]<class T>() { sizes.push_back(sizeof(T)); });
    CHECK(sizes == std::vector<std::size_t>{1, 8, 1});
    hybrec::for_each_type<>([]<class T>() { FAIL("there is nothing to call"); });
}
