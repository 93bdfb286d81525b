// SPDX-License-Identifier: MIT
#include <hybrec/weighting/tf_idf.hpp>

#include <doctest/doctest.h>

#include <hybrec/concepts/weighting.hpp>
#include <hybrec/sparse/transpose.hpp>

#include "support.hpp"

#include <cmath>
#include <cstddef>
#include <fstream>
#include <limits>
#include <vector>

namespace hr = hybrec;
using namespace weighting_tests;

static_assert(hr::matrix_weighting_of<hr::tf_idf, hr::user_items>);
static_assert(!hr::matrix_weighting_of<hr::tf_idf, hr::interaction_log>);

TEST_CASE("tf_idf") {
    // df = 1, 1, 3 of 4 documents.
    const auto matrix = dense<doubles>({{4, 0, 9}, {0, 16, 1}, {0, 0, 1}, {0, 0, 0}});
    const double rare = std::log(4.0) - std::log(2.0);

    SUBCASE("by hand") {
        const auto weights = hr::tf_idf{}(matrix);
        REQUIRE(same_pattern(weights, matrix));
        CHECK(weights.values()[0] == doctest::Approx(2 * rare));
        CHECK(weights.values()[1] == doctest::Approx(0)); // ln 4 − ln (1 + 3)
        CHECK(weights.values()[2] == doctest::Approx(4 * rare));
        const auto raised = hr::tf_idf{.minimum_idf = 0.5}(matrix);
        CHECK(raised.values()[1] == doctest::Approx(3 * 0.5));
    }
    SUBCASE("unit length") {
        const auto weights = hr::tf_idf{.normalize = true, .minimum_idf = 0.5}(matrix);
        const double length = std::sqrt(4 * rare * rare + 9 * 0.25);
        CHECK(weights.values()[0] == doctest::Approx(2 * rare / length));
        CHECK(weights.values()[1] == doctest::Approx(1.5 / length));
        CHECK(weights.values()[4] == doctest::Approx(1)); // alone in its row
        const auto zero = hr::tf_idf{.normalize = true}(matrix);
        CHECK(zero.values()[4] == 0); // no weight to scale
    }
    SUBCASE("columns as documents are rows of the transpose") {
        const auto large = random_matrix();
        const auto by_column =
            hr::tf_idf{.normalize = true, .documents = hr::document_side::columns}(large);
        const auto expected = hr::transpose(hr::tf_idf{.normalize = true}(hr::transpose(large)));
        REQUIRE(same_pattern(by_column, expected));
        for (std::size_t at = 0; at < by_column.entry_count(); ++at)
            CHECK(by_column.values()[at] == doctest::Approx(expected.values()[at]).epsilon(1e-12));
    }
    SUBCASE("views, empty matrices") {
        CHECK(hr::tf_idf{}(matrix.view()) == hr::tf_idf{}(matrix));
        CHECK(hr::tf_idf{}(hr::user_items(3, 4)) == hr::user_items(3, 4));
        CHECK(hr::tf_idf{.normalize = true}(hr::user_items()) == hr::user_items());
    }
    SUBCASE("the same bits for any number of threads") {
        CHECK(same_bits_for_any_threads(hr::tf_idf{.normalize = true}, random_matrix()));
        CHECK(same_bits_for_any_threads(
            hr::tf_idf{.normalize = true, .documents = hr::document_side::columns},
            random_matrix()));
    }
    SUBCASE("errors") {
        const auto disliked = dense<doubles>({{1, 0}, {0, -2}});
        CHECK(mentions(message_of<hr::data_error>([&] { return hr::tf_idf{}(disliked); }),
                       "tf_idf: row 1, column 1"));
        CHECK_THROWS_AS((void)(hr::tf_idf{.minimum_idf = std::nan("")}(matrix)), hr::option_error);
    }
}

TEST_CASE("tf_idf: equals Python implicit") {
    std::ifstream file{HYBREC_TEST_DIR "/golden/weighting_implicit.txt"};
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t count = 0;
    file >> rows >> columns >> count;
    REQUIRE(file.good());
    std::vector<hr::triplet<hr::user_index, hr::item_index, float>> entries;
    std::vector<double> expected;
    std::size_t row = 0;
    std::size_t column = 0;
    float value = 0;
    double unused = 0;
    double weight = 0;
    while (file >> row >> column >> value >> unused >> unused >> weight) {
        entries.push_back({hr::user_index(row), hr::item_index(column), value});
        expected.push_back(weight);
    }
    REQUIRE(entries.size() == count);
    const auto weights = hr::tf_idf{.minimum_idf = -std::numeric_limits<double>::infinity()}(
        hr::build_csr<hr::user_index, hr::item_index, float>(
            entries, {.row_count = rows, .column_count = columns}));
    for (std::size_t at = 0; at < count; ++at)
        CHECK(std::abs(static_cast<double>(weights.values()[at]) - expected[at]) <=
              1e-6 * std::abs(expected[at]));
}
