// SPDX-License-Identifier: MIT
#include <hybrec/core/factor_table.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hr = hybrec;

using vectors = hr::factor_table<hr::user_index, float>;
static_assert(!std::invocable<decltype([](const vectors& t, auto i) -> decltype(t.row(i)) {
                                  return t.row(i);
                              }),
                              const vectors&, hr::item_index>);

TEST_CASE("factor_table") {
    SUBCASE("rows are padded with zeros to whole lines") {
        vectors factors(3, 20);
        CHECK(factors.rows() == 3);
        CHECK(factors.factors() == 20);
        CHECK(factors.stride() == 32);
        CHECK(factors.bytes() == 3 * 32 * 4);
        for (std::size_t row = 0; row < 3; ++row) {
            CHECK(reinterpret_cast<std::uintptr_t>(factors.padded_row(hr::user_index(row))) % 64 ==
                  0);
            CHECK(factors.row(hr::user_index(row)).size() == 20);
            std::ranges::fill(factors.row(hr::user_index(row)), static_cast<float>(row + 1));
        }
        for (std::size_t row = 0; row < 3; ++row) {
            const float* padded = factors.padded_row(hr::user_index(row));
            CHECK(padded == factors.data() + row * 32);
            for (std::size_t at = 0; at < 32; ++at)
                CHECK(padded[at] == (at < 20 ? static_cast<float>(row + 1) : 0));
        }
    }
    SUBCASE("all rows at once are the table's own, whoever they belong to") {
        vectors factors(3, 20);
        const hr::table_rows<float> rows = factors.all_rows();
        CHECK(rows.count == 3);
        CHECK(rows.factors == 20);
        CHECK(rows.stride == 32);
        rows.data[2 * rows.stride + 19] = 7;
        CHECK(factors.row(hr::user_index(2))[19] == 7);
        const vectors& constant = factors;
        CHECK(constant.all_rows().data == factors.data());
    }
    SUBCASE("resizing keeps rows and adds zeros") {
        vectors factors(1, 5);
        factors.row(hr::user_index(0))[4] = 7;
        factors.resize(3);
        CHECK(factors.rows() == 3);
        CHECK(factors.row(hr::user_index(0))[4] == 7);
        CHECK(std::ranges::count(factors.row(hr::user_index(2)), 0.0F) == 5);
        factors.resize(1);
        CHECK(factors.rows() == 1);
        factors.resize(2);
        CHECK(factors.row(hr::user_index(1))[4] == 0);
    }
    SUBCASE("compares shape and values") {
        vectors left(2, 3);
        vectors right(2, 3);
        CHECK(left == right);
        right.row(hr::user_index(1))[0] = 1;
        CHECK(left != right);
        CHECK(left != vectors(2, 4)); // the same stride
        CHECK(left != vectors(3, 3));
        CHECK(vectors() == vectors(0, 0));
    }
    SUBCASE("exact multiples and doubles") {
        CHECK(vectors(2, 16).stride() == 16);
        CHECK(hr::factor_table<hr::item_index, double>(2, 9).stride() == 16);
        CHECK(vectors(4, 0).bytes() == 0);
    }
}
