// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/augment.hpp>

#include "table_model.hpp"

#include <hybrec/core/threads.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <vector>

using namespace hybrec;
using test::table_model;

namespace {
template <class Model>
concept can_augment = requires(const user_items& matrix, Model model) {
    augment(matrix, model);
};
static_assert(can_augment<table_model<>> && can_augment<std::reference_wrapper<table_model<>>>);
static_assert(!can_augment<int>);
} // namespace

TEST_CASE("augment adds predictions about what a user does not have") {
    const auto matrix = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 3.0F},
                                                            {user_index{1}, item_index{1}, 2.0F}},
        {.row_count = 2, .column_count = 4});
    table_model<> model{{{9, 8, 7, 6}, {}}, 4};
    const user_items more = augment(matrix, std::ref(model), {.items = 2, .weight = 0.5F});
    CHECK(more.row_count() == 2);
    CHECK(more.column_count() == 4);
    const auto row = more.row(user_index{0});
    REQUIRE(row.size() == 3);
    CHECK(row.value_at(item_index{0}) == 3);
    CHECK(row.value_at(item_index{1}) == 0.5F);
    CHECK(row.value_at(item_index{2}) == 0.25F);
    CHECK(more.row(user_index{1}).size() == 1); // the model does not know the user

    thread_pool one{1}, three{3};
    CHECK(augment(matrix, model, {}, {.pool = &one}) ==
          augment(matrix, model, {}, {.pool = &three}));

    CHECK_THROWS_AS((void)augment(matrix, model, {.items = 0}), option_error);
    CHECK_THROWS_AS((void)augment(matrix, model, {.weight = 0}), option_error);
    CHECK_THROWS_AS(
        (void)augment(matrix, model, {.weight = std::numeric_limits<float>::infinity()}),
        option_error);
    CHECK_THROWS_WITH_AS((void)augment(matrix, table_model<>{{{1}}, 1}),
                         "augment: the matrix has 4 items, the model 1", shape_error);
}
