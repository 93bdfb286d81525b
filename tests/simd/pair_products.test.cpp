// SPDX-License-Identifier: MIT
#include <hybrec/simd/pair_products.hpp>

#include "packed_groups.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace hybrec;
using simd::group_rows;
using simd::tile_queries;

TEST_CASE("pair_products multiplies every row of a group with every row of another") {
    const simd::processor_tiles tiles;
    for (const std::size_t factors : {1u, 2u, 31u, 32u, 33u, 70u, 128u}) {
        CAPTURE(factors);
        const test::packed_groups packed{2, factors};
        const std::uint32_t* const right = packed.words.data() + factors * simd::group_words;
        aligned_vector<std::uint32_t> rows(simd::pair_words(factors), 0xDEAD'BEEF);
        aligned_vector<std::uint32_t> columns(simd::pair_words(factors), 0xDEAD'BEEF);
        simd::write_pair_rows<>(packed.words.data(), factors, rows.data());
        simd::write_pair_columns<>(right, factors, columns.data());
        aligned_vector<float> products(group_rows * group_rows);
        simd::pair_products(tiles, rows.data(), columns.data(), factors, products.data());
        std::size_t wrong = 0;
        for (std::size_t i = 0; i < group_rows; ++i)
            for (std::size_t j = 0; j < group_rows; ++j) {
                double expected = 0, lengths = 0;
                for (std::size_t factor = 0; factor < factors; ++factor) {
                    const double term =
                        static_cast<double>(packed.values[factor * group_rows + i]) *
                        static_cast<double>(packed.values[(factors + factor) * group_rows + j]);
                    expected += term;
                    lengths += std::abs(term);
                }
                wrong += !(std::abs(static_cast<double>(products[i * group_rows + j]) - expected) <=
                           1e-6 * lengths);
            }
        CHECK(wrong == 0);
    }
}

TEST_CASE("scale_tile reports what is not below the bound of its query or of its row") {
    constexpr float endless = std::numeric_limits<float>::infinity();
    aligned_vector<float> products(tile_queries * group_rows);
    for (std::size_t at = 0; at < products.size(); ++at)
        products[at] = static_cast<float>(static_cast<int>(counter_random{1}.below(9, at)) - 4);
    const auto before = products;
    const std::array<float, tile_queries> scales{1, 2, 4, 0, 1, 1, 0.5F, 1};
    const std::array<float, tile_queries> bounds{
        0, 30, -endless, endless, std::numeric_limits<float>::quiet_NaN(), 5, -5, 8};
    aligned_vector<float> row_scales(group_rows), row_bounds(group_rows, endless);
    for (std::size_t row = 0; row < group_rows; ++row)
        row_scales[row] = static_cast<float>(row % 4);
    row_bounds[5] = 3;
    row_bounds[20] = -endless;
    row_bounds[31] = 0;
    std::array<std::uint32_t, tile_queries> passed{};
    const std::uint32_t any = simd::scale_tile<>(products.data(), scales.data(), row_scales.data(),
                                                 bounds.data(), row_bounds.data(), passed.data());
    for (std::size_t query = 0; query < tile_queries; ++query) {
        for (std::size_t row = 0; row < group_rows; ++row) {
            const std::size_t at = query * group_rows + row;
            const float expected = before[at] * scales[query] * row_scales[row];
            const bool passes = (passed[query] >> row & 1) != 0;
            CHECK(passes == !(expected < bounds[query] && expected < row_bounds[row]));
            if (passes)
                CHECK(products[at] == expected);
        }
        CHECK((any >> query & 1) == (passed[query] != 0));
    }
}
