// SPDX-License-Identifier: MIT
#include "../shapes.hpp"

#include <doctest/doctest.h>

namespace hr = hybrec;
namespace hb = hybrec::benchmarks;

TEST_CASE("shapes") {
    const hb::shape* tiny = hb::find_shape("tiny");
    REQUIRE(tiny != nullptr);
    CHECK(hb::find_shape("nowhere") == nullptr);

    hr::thread_pool one{1};
    const hr::user_items matrix = hb::make_shape(*tiny, {.pool = &one});

    SUBCASE("have the size they promise") {
        CHECK(matrix.row_count() == tiny->users);
        CHECK(matrix.column_count() == tiny->items);
        CHECK(matrix.entry_count() == tiny->entries);
        for (std::size_t user = 0; user < matrix.row_count(); ++user) {
            const auto row = matrix.row(hr::user_index(user));
            CHECK(row.size() >= tiny->least_row);
            CHECK(row.size() <= tiny->items / 2);
        }
        for (const float value : matrix.view().values()) {
            CHECK(value >= 1);
            CHECK(value <= 5);
        }
    }
    SUBCASE("are the same for any number of threads") {
        for (const std::size_t threads : {std::size_t{2}, std::size_t{3}}) {
            hr::thread_pool pool{threads};
            CHECK(hb::make_shape(*tiny, {.pool = &pool}) == matrix);
        }
    }
    SUBCASE("have popular items and others") {
        std::vector<std::size_t> chosen(matrix.column_count());
        for (const hr::item_index item : matrix.columns())
            ++chosen[item.value()];
        std::ranges::sort(chosen);
        CHECK(chosen[chosen.size() * 9 / 10] > 4 * chosen[chosen.size() / 10]);
    }
    SUBCASE("refuse more entries than fit") {
        hb::shape wanted = *tiny;
        wanted.entries = wanted.users * (wanted.items / 2) + 1;
        CHECK_THROWS_AS((void)hb::make_shape(wanted, {.pool = &one}), hr::option_error);
        wanted.entries = wanted.users * wanted.least_row - 1;
        CHECK_THROWS_AS((void)hb::make_shape(wanted, {.pool = &one}), hr::option_error);
    }
}
