// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/search_index.hpp>

#include "search_fixture.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <vector>

using namespace hybrec;

namespace {

/// A packed value as `simd::widen_group` reads it.
float packed_value(const search_index& index, std::size_t position, std::size_t factor) {
    const std::size_t at = position % simd::group_rows;
    const std::uint32_t word = index.packed(
        position / simd::group_rows)[factor * simd::group_words + at % simd::group_words];
    return std::bit_cast<float>(at < simd::group_words ? word << 16 : word & 0xFFFF0000);
}

} // namespace

TEST_CASE_TEMPLATE("a search_index orders rows by length, and bounds what they can score", Value,
                   float, double) {
    for (const test::rows_kind kind : test::all_kinds) {
        CAPTURE(static_cast<int>(kind));
        const auto table = test::make_rows<Value>(kind, 300, 23);
        const search_index index{table};
        CHECK(index.rows() == 300);
        CHECK(index.groups() == 10);
        CHECK(index.occupied(8) == 0xFFFFFFFF);
        CHECK(index.occupied(9) == 0xFFF);
        for (std::size_t group = 1; group < index.groups(); ++group)
            CHECK(index.reach(group) <= index.reach(group - 1));
        for (std::size_t position = 0; position < 300; ++position) {
            const std::size_t row = index.row_at(position);
            REQUIRE(index.position_of(row) == position);
            const std::size_t group = position / simd::group_rows;
            double squared = 0;
            double lost = 0;
            for (std::size_t factor = 0; factor < 23; ++factor) {
                const auto value = static_cast<double>(table.row(item_index(row))[factor]);
                const auto packed = static_cast<double>(packed_value(index, position, factor));
                squared += value * value;
                lost += (value - packed) * (value - packed);
            }
            const double length = std::sqrt(squared);
            if (std::isinf(index.margin(group))) // claims nothing, but computes with numbers
                CHECK(std::isfinite(packed_value(index, position, 0)));
            else {
                CHECK(length <= static_cast<double>(index.reach(group)));
                CHECK(std::sqrt(lost) <= static_cast<double>(index.margin(group)));
                if (length > 0)
                    CHECK(static_cast<double>(
                              index.inverse_lengths(group)[position % simd::group_rows]) *
                              length ==
                          doctest::Approx(1));
            }
            if (!(length <= search_index::longest))
                CHECK(std::isinf(index.reach(group)));
        }
    }
}

TEST_CASE("a search_index takes half of the table and twelve bytes a row") {
    const auto table = test::make_rows<float>(test::rows_kind::normal, 6400, 64);
    const search_index index{table};
    CHECK(index.bytes() < table.bytes() / 2 + 6400 * 12 + 16'384);
    CHECK(static_cast<double>(search_index::estimate_bytes(6400, 64)) ==
          doctest::Approx(static_cast<double>(index.bytes())).epsilon(0.01));
    CHECK(search_index{}.rows() == 0);
    CHECK(search_index{}.groups() == 0);
    const factor_table<item_index, float> empty(0, 8);
    CHECK(search_index{empty}.groups() == 0);
}
