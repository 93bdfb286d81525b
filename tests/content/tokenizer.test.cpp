// SPDX-License-Identifier: MIT
#include <hybrec/content/tokenizer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace hr = hybrec;

namespace {

std::vector<std::string> words(std::string_view text, const hr::tokenizer& cut = {}) {
    std::vector<std::string> result;
    cut(text, [&](std::string_view word) { result.emplace_back(word); });
    return result;
}

} // namespace

TEST_CASE("tokenizer cuts a text into small words without those that say nothing") {
    using list = std::vector<std::string>;
    CHECK(words("The Lord of the Rings: The Two Towers (2002)") ==
          list{"lord", "rings", "two", "towers", "2002"});
    CHECK(words("Am\xC3\xA9lie, \xE5\x8D\x83\xE3\x81\xA8") ==
          list{"am\xC3\xA9lie", "\xE5\x8D\x83\xE3\x81\xA8"});
    CHECK(words("I, Q & 8", {.least_length = 1}) == list{"q", "8"});
    CHECK(words("a b cc", {.least_length = 0, .stop_words = false}) == list{"a", "b", "cc"});
    CHECK(words("one-two three", {.least_length = 4}) == list{"three"});
    CHECK(words("").empty());
    CHECK(words(" ,.!\n\t").empty());
    CHECK(words(std::string_view{"nul\0byte", 8}) == list{"nul", "byte"});
}
