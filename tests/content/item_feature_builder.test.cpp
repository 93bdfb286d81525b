// SPDX-License-Identifier: MIT
#include <hybrec/content/item_feature_builder.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace hr = hybrec;
using hr::item_index;

namespace {

std::map<std::string, float> row(const hr::item_feature_builder& features, std::size_t item) {
    std::map<std::string, float> result;
    const auto matrix = features.matrix();
    for (const auto [feature, value] : matrix.row(item_index(item)))
        result.emplace(features.name(feature), value);
    return result;
}

} // namespace

TEST_CASE("item_feature_builder weighs categories by how rare they are, to unit length") {
    hr::item_feature_builder features{4};
    features.add_categories("genre", std::vector<std::vector<std::string>>{
                                         {"drama", "war"}, {"drama", ""}, {"comedy"}, {}});
    CHECK(features.item_count() == 4);
    CHECK(features.feature_count() == 3);
    // ln 4 − ln(1 + df): drama ln(4/3), war ln 2.
    const double drama = std::log(4.0 / 3);
    const double war = std::log(2.0);
    const double length = std::hypot(drama, war);
    const auto first = row(features, 0);
    REQUIRE(first.size() == 2);
    CHECK(first.at("genre: drama") == doctest::Approx(drama / length));
    CHECK(first.at("genre: war") == doctest::Approx(war / length));
    CHECK(row(features, 1).at("genre: drama") == doctest::Approx(1));
    CHECK(row(features, 3).empty());
}

TEST_CASE("item_feature_builder counts words; what all items have is left out") {
    hr::item_feature_builder features{4};
    features.add_text("title",
                      std::vector<std::string>{"film red red", "film blue", "film red", "film"}, 2);
    const auto first = row(features, 0);
    CHECK(!first.contains("title: film"));
    CHECK(first.at("title: red") == doctest::Approx(2)); // the only one left, of length 2
    CHECK(row(features, 1).at("title: blue") == doctest::Approx(2));
    CHECK(row(features, 3).empty());
}

TEST_CASE("item_feature_builder standardizes numbers") {
    hr::item_feature_builder features{5};
    const double nan = std::numeric_limits<double>::quiet_NaN();
    features.add_numbers("year", std::vector<double>{1990, 2000, nan, 2010}, 0.5F);
    const double deviation = std::sqrt(200.0 / 3);
    CHECK(row(features, 0).at("year") == doctest::Approx(-10 / deviation / 2));
    CHECK(row(features, 3).at("year") == doctest::Approx(10 / deviation / 2));
    CHECK(!row(features, 1).contains("year")); // zeros are not stored
    CHECK(row(features, 2).empty());
    // Constant features say nothing.
    features.add_numbers("constant", std::vector<double>{0.1, 0.1, 0.1});
    features.add_numbers("unknown", std::vector<double>{nan, nan});
    CHECK(features.feature_count() == 1);
}

TEST_CASE("item_feature_builder puts numbers into ranges with as many items each") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    hr::item_feature_builder features{8};
    features.add_ranges("members", std::vector<double>{700, 5, 5, nan, 20, 2e6, 12.5, 5}, 3);
    // Sorted: 5 5 5 12.5 20 700 2e6: ranges begin at the places 0, 2 and 4.
    for (const std::size_t item : {1u, 2u, 6u, 7u})
        CHECK(row(features, item) == std::map<std::string, float>{{"members: from 5", 1}});
    for (const std::size_t item : {0u, 4u, 5u})
        CHECK(row(features, item) == std::map<std::string, float>{{"members: from 20", 1}});
    CHECK(row(features, 3).empty());
    CHECK(features.feature_count() == 2); // the second range began with a number of the first
    features.add_ranges("unknown", std::vector<double>{nan}, 4);
    CHECK(features.feature_count() == 2);
    CHECK_THROWS_WITH_AS(features.add_ranges("x", std::vector<double>{1}, 0),
                         doctest::Contains("ranges"), hr::option_error);
    CHECK_THROWS_AS(
        features.add_ranges("x", std::vector<double>{std::numeric_limits<double>::infinity()}, 2),
        hr::data_error);
}

TEST_CASE("item_feature_builder names what is wrong") {
    hr::item_feature_builder features{1};
    CHECK_THROWS_WITH_AS(features.add_text("title", std::vector<std::string>{"a", "b"}),
                         doctest::Contains("\"title\" describes 2 items"), hr::shape_error);
    CHECK_THROWS_AS(features.add_text("title", std::vector<std::string>{"a"}, 0), hr::option_error);
    CHECK_THROWS_WITH_AS(
        features.add_numbers("year", std::vector<double>{std::numeric_limits<double>::infinity()}),
        doctest::Contains("\"year\" of item 0"), hr::data_error);
    CHECK(hr::item_feature_builder{0}.matrix().entry_count() == 0);
    features.add_text("title", std::vector<std::string>{""});
    CHECK(features.matrix().row_count() == 1);
    CHECK(features.matrix().entry_count() == 0);
}
