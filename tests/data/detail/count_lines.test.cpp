// SPDX-License-Identifier: MIT
/// @file
/// Tests of counting line ends.
#include <hybrec/data/detail/count_lines.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

using namespace hybrec;

TEST_CASE("count_line_ends") {
    // Bytes that differ from a line end in one bit, and every length around the 64-byte step.
    constexpr std::string_view letters = "\n\n\x0B\x0E\x02\x8A\x1A*J\xFF\x00\n";
    const counter_random random{4};
    for (std::size_t size = 0; size < 200; ++size) {
        std::string text(size, ' ');
        for (std::size_t at = 0; at < size; ++at)
            text[at] = letters[random.below(letters.size(), 1000 * size + at)];
        CHECK(detail::count_line_ends(text) ==
              static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
    }
    CHECK(detail::count_line_ends(std::string(100'001, '\n')) == 100'001); // bytes do not overflow
}
