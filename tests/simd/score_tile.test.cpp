// SPDX-License-Identifier: MIT
#include <hybrec/simd/score_tile.hpp>

#include "packed_groups.hpp"

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <vector>

using namespace hybrec;
using simd::group_rows;
using simd::group_words;
using simd::tile_queries;

TEST_CASE("to_bfloat16 rounds to the nearest, ties to even") {
    const auto rounded = [](float value) { return std::bit_cast<float>(simd::to_bfloat16(value)); };
    CHECK(rounded(0.0F) == 0.0F);
    CHECK(std::signbit(rounded(-0.0F)));
    CHECK(rounded(1.5F) == 1.5F);
    CHECK(rounded(1.0F + 0x1p-8F) == 1.0F);           // tie: to even, down
    CHECK(rounded(1.0F + 0x3p-8F) == 1.0F + 0x1p-6F); // tie: to even, up
    CHECK(rounded(1.0F + 0x1.1p-8F) == 1.0F + 0x1p-7F);
    CHECK(rounded(std::numeric_limits<float>::infinity()) ==
          std::numeric_limits<float>::infinity());
    for (std::size_t at = 0; at < 1000; ++at) {
        const auto value = static_cast<float>(counter_random{1}.normal(at));
        CHECK(std::abs(rounded(value) - value) <= 0x1p-8F * std::abs(value));
    }
}

TEST_CASE("score_groups and widen_group read what was packed") {
    for (const std::size_t factors : {1u, 3u, 16u, 40u}) {
        const std::size_t count = simd::groups_at_once<>;
        const test::packed_groups packed{count, factors};
        std::vector<float> query(factors);
        for (std::size_t factor = 0; factor < factors; ++factor)
            query[factor] = static_cast<float>(counter_random{9}.normal(factor));
        aligned_vector<float> scores(count * group_rows);
        simd::score_groups<>(packed.words.data(), factors, query.data(), scores.data());
        for (std::size_t at = 0; at < scores.size(); ++at) {
            double expected = 0;
            for (std::size_t factor = 0; factor < factors; ++factor)
                expected += static_cast<double>(query[factor]) *
                            static_cast<double>(
                                packed.values[(at / group_rows * factors + factor) * group_rows +
                                              at % group_rows]);
            CHECK(static_cast<double>(scores[at]) == doctest::Approx(expected).epsilon(1e-5));
        }

        aligned_vector<float> panel(factors * group_rows);
        simd::widen_group<>(packed.words.data(), factors, nullptr, panel.data());
        aligned_vector<float> scale(group_rows);
        for (std::size_t row = 0; row < group_rows; ++row)
            scale[row] = static_cast<float>(row) - 7.5F;
        aligned_vector<float> scaled(factors * group_rows);
        simd::widen_group<>(packed.words.data(), factors, scale.data(), scaled.data());
        for (std::size_t at = 0; at < panel.size(); ++at) {
            CHECK(panel[at] == packed.values[at]);
            CHECK(scaled[at] == packed.values[at] * scale[at % group_rows]);
        }
    }
}

TEST_CASE("score_tile reports the scores that are not below the bounds") {
    constexpr float endless = std::numeric_limits<float>::infinity();
    for (const std::size_t factors : {1u, 7u, 64u}) {
        aligned_vector<float> panel(factors * group_rows);
        aligned_vector<float> queries(factors * tile_queries);
        for (std::size_t at = 0; at < panel.size(); ++at)
            panel[at] = static_cast<float>(static_cast<int>(counter_random{1}.below(9, at)) - 4);
        for (std::size_t at = 0; at < queries.size(); ++at)
            queries[at] = static_cast<float>(static_cast<int>(counter_random{2}.below(9, at)) - 4);
        // Sums of small integers are exact, in any order.
        const std::array<float, tile_queries> bounds{
            0, 30, -endless, endless, std::numeric_limits<float>::quiet_NaN(), 5, -5, 8};
        aligned_vector<float> scores(tile_queries * group_rows);
        std::array<std::uint32_t, tile_queries> passed{};
        const std::uint32_t any = simd::score_tile<>(panel.data(), factors, queries.data(),
                                                     bounds.data(), scores.data(), passed.data());
        for (std::size_t query = 0; query < tile_queries; ++query) {
            for (std::size_t row = 0; row < group_rows; ++row) {
                float expected = 0;
                for (std::size_t factor = 0; factor < factors; ++factor)
                    expected +=
                        queries[factor * tile_queries + query] * panel[factor * group_rows + row];
                const bool passes = (passed[query] >> row & 1) != 0;
                CHECK(passes == !(expected < bounds[query]));
                if (passes)
                    CHECK(scores[query * group_rows + row] == expected);
            }
            CHECK((any >> query & 1) == (passed[query] != 0));
        }
    }
}

TEST_CASE("score_tile of two groups reports the scores that reach either bound") {
    constexpr std::size_t factors = 5, first = 16; // the third tile of the other group
    aligned_vector<float> panel(factors * group_rows);
    aligned_vector<float> others(factors * group_rows);
    for (std::size_t at = 0; at < panel.size(); ++at) {
        panel[at] = static_cast<float>(static_cast<int>(counter_random{1}.below(9, at)) - 4);
        others[at] = static_cast<float>(static_cast<int>(counter_random{2}.below(9, at)) - 4);
    }
    constexpr float endless = std::numeric_limits<float>::infinity();
    const std::array<float, tile_queries> bounds{
        0, 30, -endless, endless, std::numeric_limits<float>::quiet_NaN(), 5, -5, 8};
    aligned_vector<float> row_bounds(group_rows);
    for (std::size_t row = 0; row < group_rows; ++row)
        row_bounds[row] =
            row == 3 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(row * row) / 10;
    aligned_vector<float> scores(tile_queries * group_rows);
    std::array<std::uint32_t, tile_queries> passed{};
    const std::uint32_t any =
        simd::score_tile<>(panel.data(), factors, others.data() + first, bounds.data(),
                           row_bounds.data(), scores.data(), passed.data());
    for (std::size_t query = 0; query < tile_queries; ++query) {
        for (std::size_t row = 0; row < group_rows; ++row) {
            float expected = 0;
            for (std::size_t factor = 0; factor < factors; ++factor)
                expected +=
                    others[factor * group_rows + first + query] * panel[factor * group_rows + row];
            const bool passes = (passed[query] >> row & 1) != 0;
            CHECK(passes == (!(expected < bounds[query]) || !(expected < row_bounds[row])));
            if (passes)
                CHECK(scores[query * group_rows + row] == expected);
        }
        CHECK((any >> query & 1) == (passed[query] != 0));
    }
}

TEST_CASE_TEMPLATE("bits_of gives a bit for each value", T, float, double) {
    constexpr std::size_t step = simd::width<T>;
    for (std::uint32_t pattern = 0; pattern < (1U << std::min<std::size_t>(step, 10)); ++pattern) {
        alignas(64) std::array<T, step> values{};
        for (std::size_t at = 0; at < step; ++at)
            values[at] = (pattern >> at & 1) != 0 ? T{-1} : T{1};
        CHECK(simd::bits_of<simd::default_arch>(simd::load<T, simd::default_arch>(values.data()) <
                                                simd::broadcast<T, simd::default_arch>(T{0})) ==
              pattern);
    }
}
