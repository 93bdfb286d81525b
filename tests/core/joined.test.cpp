// SPDX-License-Identifier: MIT
#include <hybrec/core/joined.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace hr = hybrec;

TEST_CASE("joined") {
    const std::string_view view = "two";
    CHECK(hr::joined({"one ", view, " ", std::to_string(3)}) == "one two 3");
    CHECK(hr::joined({"", "a", ""}) == "a");
    CHECK(hr::joined({}).empty());
    CHECK(hr::joined({std::string_view{"a\0b", 3}}).size() == 3);
}
