// SPDX-License-Identifier: MIT
#include <hybrec/core/joined.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace hr = hybrec;

static_assert(!std::is_constructible_v<hr::text_part, char>);

TEST_CASE("joined") {
    const std::string_view view = "two";
    CHECK(hr::joined({"one ", view, " ", std::to_string(3)}) == "one two 3");
    CHECK(hr::joined({"row ", std::size_t{18'000'000'000'000'000'000U}, " of ", -7, ", ",
                      std::int64_t{-9'000'000'000}, ", ", 4U, ", ", std::uint8_t{255}}) ==
          "row 18000000000000000000 of -7, -9000000000, 4, 255");
    CHECK(hr::joined({0.5F, " ", -2.0}) == "0.500000 -2.000000"); // as std::to_string
    CHECK(hr::joined({"", "a", ""}) == "a");
    CHECK(hr::joined({}).empty());
    CHECK(hr::joined({std::string_view{"a\0b", 3}}).size() == 3);
}

TEST_CASE("fail") {
    const std::string file = "a.csv";
    CHECK_THROWS_WITH_AS(hr::fail<std::out_of_range>({file, ": line ", 3, " is empty"}),
                         "a.csv: line 3 is empty", std::out_of_range);
}
