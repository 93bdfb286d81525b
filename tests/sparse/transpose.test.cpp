// SPDX-License-Identifier: MIT
#include <hybrec/sparse/transpose.hpp>

#include <doctest/doctest.h>

#include <hybrec/core/random.hpp>
#include <hybrec/sparse/build.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <utility>
#include <vector>

namespace hr = hybrec;
using hr::item_index;
using hr::user_index;

static_assert(
    std::same_as<decltype(hr::transpose(std::declval<const hr::user_items&>())), hr::item_users>);
static_assert(
    !std::same_as<decltype(hr::transpose(std::declval<const hr::user_items&>())), hr::user_items>);

TEST_CASE("transpose") {
    SUBCASE("by hand") {
        const hr::user_items matrix({0, 2, 2, 3}, {item_index(0), item_index(2), item_index(2)},
                                    {1, 2, 3}, 4);
        const hr::item_users expected({0, 1, 1, 3, 3},
                                      {user_index(0), user_index(0), user_index(2)}, {1, 2, 3}, 3);
        CHECK(hr::transpose(matrix) == expected);
        CHECK(hr::transpose(matrix.view()) == expected);
        CHECK(hr::transpose(expected) == matrix);
    }
    SUBCASE("empty shapes") {
        CHECK(hr::transpose(hr::user_items(0, 3)) == hr::item_users(3, 0));
        CHECK(hr::transpose(hr::user_items(3, 0)) == hr::item_users(0, 3));
        CHECK(hr::transpose(hr::user_items(2, 3)) == hr::item_users(3, 2));
        CHECK(hr::transpose(hr::user_items_view{}) == hr::item_users());
    }
    SUBCASE("twice gives the same matrix, for any number of threads") {
        const hr::counter_random random{9};
        // Rows of very different lengths: the first holds half of the entries.
        for (const std::size_t rows : {std::size_t{1}, std::size_t{2}, std::size_t{500}}) {
            std::vector<hr::triplet<user_index, item_index, float>> entries;
            for (std::uint64_t draw = 0; draw < 4000; ++draw)
                entries.push_back({user_index(draw % 2 == 0 ? 0 : random.below(rows, 2 * draw)),
                                   item_index(random.below(3000, 2 * draw + 1)),
                                   static_cast<float>(draw + 1)});
            const auto matrix = hr::build_csr<user_index, item_index, float>(
                entries, {.row_count = rows + 3, .column_count = 3001});
            hr::thread_pool one{1};
            const auto expected = hr::transpose(matrix, {.pool = &one});
            CHECK(expected.row_count() == 3001);
            CHECK(expected.column_count() == rows + 3);
            for (const std::size_t threads : {std::size_t{2}, std::size_t{3}, std::size_t{8}}) {
                hr::thread_pool pool{threads};
                CHECK(hr::transpose(matrix, {.pool = &pool}) == expected);
                CHECK(hr::transpose(expected, {.pool = &pool}) == matrix);
            }
        }
    }
    SUBCASE("can be cancelled") {
        std::stop_source source;
        source.request_stop();
        CHECK_THROWS_AS((void)hr::transpose(hr::user_items(2, 2), {.stop = source.get_token()}),
                        hr::cancelled);
    }
}
