// SPDX-License-Identifier: MIT
#include <hybrec/content/text_search.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

namespace hr = hybrec;
using hr::item_index;

TEST_CASE("text_search ranks texts by BM25") {
    const std::vector<std::string> texts{"red balloon", "red red house by the river", "blue house",
                                         "", "green"};
    const hr::text_search index{texts};
    CHECK(index.item_count() == 5);
    CHECK(index.word_count() == 6);
    // Lengths 2, 4 ("by" and "the" say nothing), 2, 0, 1; mean 9/5.
    const auto part = [](double df, double tf, double length) {
        return std::log(1 + (5 - df + 0.5) / (df + 0.5)) * tf * 2.2 /
               (tf + 1.2 * (0.25 + 0.75 * length / 1.8));
    };
    const auto found = index.search("Red house!", 10);
    REQUIRE(found.size() == 3);
    CHECK(found[0].index == item_index{1});
    CHECK(found[0].score == doctest::Approx(part(2, 2, 4) + part(2, 1, 4)));
    CHECK(found[1].score == doctest::Approx(part(2, 1, 2)));
    CHECK(found[1].index == item_index{0}); // ties with item 2
    CHECK(found[2].index == item_index{2});
    CHECK(index.search("red red", 1).front().score == doctest::Approx(2 * part(2, 2, 4)));
    CHECK(index.search("red", 5, hr::excluding{item_index{1}}).size() == 1);
    CHECK(index.search("unknown words", 5).empty());
    CHECK(index.search("", 5).empty());
    CHECK(index.search("red", 0).empty());
}

TEST_CASE("text_search at its limits") {
    const std::vector<std::string> none;
    CHECK(hr::text_search{none}.search("red", 5).empty());
    const std::vector<std::string> empty(3);
    CHECK(hr::text_search{empty}.search("red", 5).empty());
    const std::vector<std::string> same{"red", "red"};
    CHECK(hr::text_search{same}.search("red", 5).size() == 2); // a word of all texts still counts
    CHECK_THROWS_AS((hr::text_search{same, {.k1 = -1}}), hr::option_error);
    CHECK_THROWS_AS((hr::text_search{same, {.b = std::numeric_limits<double>::quiet_NaN()}}),
                    hr::option_error);
}
