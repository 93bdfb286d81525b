// SPDX-License-Identifier: MIT
#include <hybrec/factorization/bpr/detail/step_rows.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("a step's rows are the tables' own, or copies that go back") {
    factor_table<user_index, float> users(2, 3);
    factor_table<item_index, float> items(3, 3);
    users.row(user_index{1})[0] = 4;
    items.row(item_index{2})[1] = 5;
    SUBCASE("own") {
        const detail::own_rows rows{users, items};
        CHECK(rows.user(user_index{1}) == users.padded_row(user_index{1}));
        CHECK(rows.positive(item_index{2}) == rows.negative(item_index{2}));
        CHECK(rows.negative(item_index{2}) == items.padded_row(item_index{2}));
    }
    SUBCASE("copies") {
        detail::racing_rows rows{users, items};
        float* const x = rows.user(user_index{1});
        float* const y = rows.positive(item_index{2});
        CHECK(rows.negative(item_index{1})[0] == 0);
        float* const z = rows.negative(item_index{0}); // the last one counts
        CHECK(x[0] == 4);
        CHECK(y[1] == 5);
        x[0] = 1, y[1] = 2, z[2] = 3;
        CHECK(users.row(user_index{1})[0] == 4);
        rows.write();
        CHECK(users.row(user_index{1})[0] == 1);
        CHECK(items.row(item_index{2})[1] == 2);
        CHECK(items.row(item_index{0})[2] == 3);
        CHECK(items.row(item_index{1})[0] == 0);
    }
}
