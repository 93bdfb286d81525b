// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/normalize_column.hpp>

#include "tables.hpp"

#include <hybrec/hybrid/normalizers.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <type_traits>
#include <vector>

using namespace hybrec;
using tables::nothing;

TEST_CASE("a column is normalized over the items that its component scored") {
    // A missing item counted as 0 would be the lowest.
    auto table = tables::table({{4, nothing, 2, 3}, {4, 0, 2, 3}});
    normalizing_workspace<min_max> memory;
    std::vector<float> scratch;
    CHECK(scored_rows(table, 0, scratch).size() == 3);
    CHECK(scored_rows(table, 1, scratch).data() == table.scores(1).data());
    normalize_column(min_max{}, table, 0, memory);
    normalize_column(min_max{}, table, 1, memory);
    const auto column = [&](std::size_t k) {
        return std::vector<float>(table.scores(k).begin(), table.scores(k).end());
    };
    CHECK(column(0) == std::vector<float>{1, 0, 0, 0.5F});
    CHECK(column(1) == std::vector<float>{1, 0, 0.5F, 0.75F});

    auto silent = tables::table({{nothing, nothing}});
    normalize_column(min_max{}, silent, 0, memory);
    CHECK(silent.scores(0)[0] == 0);
}

TEST_CASE("a normalizing_map takes a score to what it is normalized to") {
    const auto table = [] { return tables::table({{4, nothing, 2, 3}, {-4, 0, 2, 3}}); };
    const auto map = [&](const auto& normalizer, std::size_t component, std::size_t row) {
        normalizing_workspace<std::remove_cvref_t<decltype(normalizer)>> memory;
        auto scores = table();
        return normalizing_map(normalizer, scores, component, row, memory);
    };
    CHECK(map(min_max{}, 0, 0) == affine_map{0.5, -1});
    CHECK(map(min_max{}, 0, 1) == affine_map{0, 0});
    CHECK(map(percentile_rank{}, 0, 0) == affine_map{0.25, 0}); // of 4, the best
    CHECK(map(percentile_rank{}, 0, 3) == affine_map{0.5 / 3, 0});
    CHECK(map(percentile_rank{}, 0, 1) == affine_map{0, 0});
    CHECK(map(sigmoid{}, 1, 1) == affine_map{0, 0.5}); // 0 has no parts that could share it
    CHECK(map(sigmoid{}, 1, 0).scale == 0);
    CHECK(map(sigmoid{}, 1, 0).shift == doctest::Approx(1 / (1 + std::exp(4.0))));
}
