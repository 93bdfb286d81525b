// SPDX-License-Identifier: MIT
#include <hybrec/weighting/bm25.hpp>

#include <doctest/doctest.h>

#include <hybrec/concepts/weighting.hpp>
#include <hybrec/sparse/transpose.hpp>

#include "support.hpp"

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <fstream>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace hr = hybrec;
using namespace weighting_tests;

static_assert(hr::matrix_weighting_of<hr::bm25, hr::user_items>);
static_assert(hr::matrix_weighting_of<hr::bm25, doubles>);
static_assert(!hr::event_weighting_of<hr::bm25, hr::interaction>);
static_assert(!std::invocable<hr::bm25, hr::interaction_log>); // it takes log.matrix

TEST_CASE("bm25") {
    // Row sums 4, 2, 0; the mean is 2. df = 1, 2.
    const auto matrix = dense<doubles>({{3, 1}, {0, 2}, {0, 0}});
    const double idf0 = std::log(3.0) - std::log(2.0);
    const double infinity = std::numeric_limits<double>::infinity();

    SUBCASE("by hand") {
        const auto weights = hr::bm25{.k1 = 2, .b = 0.5}(matrix);
        REQUIRE(weights.entry_count() == 3);
        CHECK(same_pattern(weights, matrix));
        // norm = 0.5 + 0.5 · 4 / 2 = 1.5 and 0.5 + 0.5 · 2 / 2 = 1; idf of column 1 is ln 3 − ln 3.
        CHECK(weights.values()[0] == doctest::Approx(3.0 * 3 / (2 * 1.5 + 3) * idf0));
        CHECK(weights.values()[1] == doctest::Approx(0));
        CHECK(weights.values()[2] == doctest::Approx(0));
    }
    SUBCASE("a term of every document has no weight, or a negative one if asked for") {
        const auto everywhere = dense<doubles>({{1, 2}, {1, 0}});
        const auto floored = hr::bm25{}(everywhere);
        CHECK(floored.values()[0] == 0);
        CHECK(floored.values()[2] == 0);
        const auto raw = hr::bm25{.k1 = 1, .b = 0, .minimum_idf = -infinity}(everywhere);
        CHECK(raw.values()[0] ==
              doctest::Approx(1.0 * 2 / (1 + 1) * (std::log(2.0) - std::log(3.0))));
        const auto raised = hr::bm25{.k1 = 1, .b = 0, .minimum_idf = 0.25}(everywhere);
        CHECK(raised.values()[0] == doctest::Approx(0.25));
    }
    SUBCASE("columns as documents are rows of the transpose") {
        const auto large = random_matrix();
        const auto by_column =
            hr::bm25{.k1 = 1.5, .b = 0.7, .documents = hr::document_side::columns}(large);
        const auto expected = hr::transpose(hr::bm25{.k1 = 1.5, .b = 0.7}(hr::transpose(large)));
        REQUIRE(same_pattern(by_column, expected));
        for (std::size_t at = 0; at < by_column.entry_count(); ++at)
            CHECK(by_column.values()[at] == doctest::Approx(expected.values()[at]).epsilon(1e-12));
    }
    SUBCASE("views, lvalues and moved matrices give the same") {
        const auto expected = hr::bm25{}(matrix);
        CHECK(hr::bm25{}(matrix.view()) == expected);
        CHECK(expected.pattern() == matrix.pattern()); // shared, not copied
        CHECK(hr::bm25{}(matrix.view()).pattern() != matrix.pattern());
        auto copy = matrix;
        const double* memory = copy.values().data();
        const auto moved = hr::bm25{}(std::move(copy));
        CHECK(moved == expected);
        CHECK(std::as_const(moved).values().data() == memory);
        CHECK(hr::bm25{}(copy).row_count() == 0); // NOLINT(bugprone-use-after-move)
        CHECK(hr::bm25{}(hr::csr_view<hr::user_index, hr::item_index, double>{}).row_count() == 0);
    }
    SUBCASE("rows of every length have the bits of the formula") {
        // Vector code takes sixteen entries at a time; the rest goes one by one.
        std::vector<std::vector<double>> rows(70, std::vector<double>(70));
        for (std::size_t row = 0; row < rows.size(); ++row)
            for (std::size_t column = 0; column < row; ++column)
                rows[row][column] = static_cast<double>(1 + (row * 7 + column * 3) % 11) / 4;
        const auto stairs = dense<doubles>(rows);
        const auto weights = hr::bm25{.k1 = 1.2, .b = 0.6}(stairs);
        double mean = 0;
        for (const double value : stairs.values())
            mean += value / 70;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            const auto entries = stairs.row(hr::user_index(row));
            double length = 0;
            for (const auto [column, value] : entries)
                length += value;
            for (std::size_t at = 0; at < entries.size(); ++at) {
                const double x = entries.values()[at];
                const double idf = std::log(70.0) - std::log1p(69.0 - static_cast<double>(at));
                CHECK(weights.row(hr::user_index(row)).values()[at] ==
                      doctest::Approx(x * 2.2 / (1.2 * (0.4 + 0.6 * length / mean) + x) * idf)
                          .epsilon(1e-13));
            }
        }
    }
    SUBCASE("empty matrices and stored zeros") {
        CHECK(hr::bm25{}(hr::user_items(3, 4)) == hr::user_items(3, 4));
        CHECK(hr::bm25{}(hr::user_items()) == hr::user_items());
        const doubles zeros({0, 1, 2}, {hr::item_index(0), hr::item_index(1)}, {0, 0}, 2);
        CHECK(hr::bm25{}(zeros) == zeros);
        const doubles one_zero({0, 2, 2, 2}, {hr::item_index(0), hr::item_index(1)}, {0, 1}, 2);
        const auto weights = hr::bm25{.k1 = 0}(one_zero);
        CHECK(weights.values()[0] == 0);
        CHECK(weights.values()[1] == doctest::Approx(idf0));
    }
    SUBCASE("the same bits for any number of threads") {
        CHECK(same_bits_for_any_threads(hr::bm25{}, random_matrix()));
        CHECK(same_bits_for_any_threads(hr::bm25{.documents = hr::document_side::columns},
                                        random_matrix()));
    }
    SUBCASE("errors") {
        const auto disliked = dense<doubles>({{1, 0}, {0, -2}});
        const std::string text = message_of<hr::data_error>([&] { return hr::bm25{}(disliked); });
        CHECK(mentions(text, "row 1, column 1"));
        CHECK(mentions(text, "-2"));
        CHECK(mentions(message_of<hr::option_error>([&] { return hr::bm25{.k1 = -1}(matrix); }),
                       "bm25: k1 is -1"));
        CHECK(mentions(message_of<hr::option_error>([&] { return hr::bm25{.b = 2}(matrix); }),
                       "b is 2"));
        CHECK_THROWS_AS((void)(hr::bm25{.b = std::nan("")}(matrix)), hr::option_error);
        CHECK_THROWS_AS((void)(hr::bm25{.k1 = infinity}(matrix)), hr::option_error);
        CHECK_THROWS_AS((void)(hr::bm25{.minimum_idf = std::nan("")}(matrix)), hr::option_error);
        CHECK_THROWS_AS((void)(hr::bm25{.minimum_idf = 1e39}(dense<hr::user_items>({{3}}))),
                        hr::numeric_error);
    }
}

TEST_CASE("bm25: equals Python implicit") {
    std::ifstream file{HYBREC_TEST_DIR "/golden/weighting_implicit.txt"};
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t count = 0;
    file >> rows >> columns >> count;
    REQUIRE(file.good());
    REQUIRE(count > 200);
    std::vector<hr::triplet<hr::user_index, hr::item_index, float>> entries;
    std::vector<double> standard;
    std::vector<double> other;
    std::size_t row = 0;
    std::size_t column = 0;
    float value = 0;
    double first = 0;
    double second = 0;
    double unused = 0;
    while (file >> row >> column >> value >> first >> second >> unused) {
        entries.push_back({hr::user_index(row), hr::item_index(column), value});
        standard.push_back(first);
        other.push_back(second);
    }
    REQUIRE(entries.size() == count);
    const auto matrix = hr::build_csr<hr::user_index, hr::item_index, float>(
        entries, {.row_count = rows, .column_count = columns});
    const double none = -std::numeric_limits<double>::infinity();
    const auto weights = hr::bm25{.minimum_idf = none}(matrix);
    const auto weights2 = hr::bm25{.k1 = 1.2, .b = 0.5, .minimum_idf = none}(matrix);
    const auto floored = hr::bm25{}(matrix);
    for (std::size_t at = 0; at < count; ++at) {
        CHECK(std::abs(static_cast<double>(weights.values()[at]) - standard[at]) <=
              1e-6 * std::abs(standard[at]));
        CHECK(std::abs(static_cast<double>(weights2.values()[at]) - other[at]) <=
              1e-6 * std::abs(other[at]));
        CHECK(floored.values()[at] == std::max(0.0F, weights.values()[at]));
    }
}
