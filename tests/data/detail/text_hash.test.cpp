// SPDX-License-Identifier: MIT
/// @file
/// Tests of the hash of texts.
#include <hybrec/data/detail/text_hash.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

using hybrec::detail::text_hash;

TEST_CASE("text_hash") {
    SUBCASE("depends on the text alone, not on where it lies") {
        const std::string text = "xUSR_0012345,and what follows";
        CHECK(text_hash(std::string_view{text}.substr(1, 11)) == text_hash("USR_0012345"));
    }
    SUBCASE("every byte of every length counts") {
        std::set<std::uint64_t> hashes;
        std::size_t texts = 0;
        for (std::size_t length = 0; length < 50; ++length) {
            std::string text(length, 'a');
            hashes.insert(text_hash(text));
            ++texts;
            for (char& letter : text)
                for (const char other : {'b', '\0', '\xFF'}) {
                    letter = other;
                    hashes.insert(text_hash(text));
                    ++texts;
                    letter = 'a';
                }
        }
        CHECK(hashes.size() == texts);
    }
    SUBCASE("numbered ids spread over the low bits, and over the high ones") {
        std::set<std::uint64_t> low;
        std::set<std::uint64_t> high;
        constexpr std::size_t count = 1 << 16;
        for (std::size_t number = 0; number < count; ++number) {
            const std::uint64_t hash = text_hash("USR_" + std::to_string(1'000'000 + number));
            low.insert(hash % count);
            high.insert(hash >> 48);
        }
        // 63.2 % of all places, as random numbers have them, within about ten deviations.
        CHECK(low.size() > 40'500);
        CHECK(low.size() < 42'400);
        CHECK(high.size() > 40'500);
        CHECK(high.size() < 42'400);
    }
}
