// SPDX-License-Identifier: MIT
#include <hybrec/rerank/feature_similarity.hpp>

#include "lists.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(similarity_source<feature_similarity<item_features>>);
static_assert(similarity_source<feature_similarity<std::reference_wrapper<item_features>>>);
static_assert(similarity_source<feature_similarity<item_users>>, "users are features as well");
static_assert(!similarity_source<item_features>);

TEST_CASE("feature similarity is the cosine of rows") {
    // 70 candidates: of 3 or more of these a feature's column is dense, others are lists.
    auto rows = random_rows(70, 9, 0.4F, 5);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        rows[row].resize(60);
        rows[row][9 + row % 50] = 2; // rare ones
        if (row % 7 == 0)
            rows[row][row % 9] = -1;
    }
    rows[13].assign(60, 0);
    const feature_similarity source{features(rows)};
    auto list = ranked(random_scores(70, 5));
    list.push_back({item_index{500}, 0.0F}); // beyond the matrix
    rows.resize(501, std::vector<float>(60));

    feature_similarity<item_features>::workspace workspace;
    aligned_vector<float> row(padded_size<float>(list.size()));
    std::vector<std::vector<float>> table;
    // The workspace serves several requests; what the last one left does not show.
    for (const std::size_t count : {std::size_t{5}, list.size()})
        source.prepare(std::span{list}.first(count), workspace);
    for (std::size_t i = 0; i < list.size(); ++i) {
        source.row(i, workspace, row.data());
        table.emplace_back(row.begin(), row.end());
        for (std::size_t j = 0; j < list.size(); ++j) {
            const double expected =
                cosine(rows[list[i].index.value()], rows[list[j].index.value()]);
            CHECK(static_cast<double>(row[j]) == doctest::Approx(expected).epsilon(1e-5));
        }
    }
    for (std::size_t i = 0; i < list.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            CHECK(table[i][j] == table[j][i]);
}

TEST_CASE("values of any size are compared by their direction") {
    const feature_similarity source{features({{3e38F, 3e38F}, {1e-38F, 1e-38F}, {3e38F, -3e38F}})};
    feature_similarity<item_features>::workspace workspace;
    aligned_vector<float> row(16);
    source.prepare(ranked({3, 2, 1}), workspace);
    source.row(0, workspace, row.data());
    CHECK(row[1] == doctest::Approx(1));
    CHECK(row[2] == doctest::Approx(0));
}
