// SPDX-License-Identifier: MIT
#include <hybrec/sparse/kept_matrix.hpp>

#include <doctest/doctest.h>

#include <utility>

using namespace hybrec;

TEST_CASE("keep_matrix moves what it may, and copies or converts the rest") {
    user_items matrix{{0, 1, 2}, {item_index{0}, item_index{1}}, {1, 2.5F}, 2};
    const kept_interactions<> copied = keep_matrix<float>(matrix);
    CHECK(*copied == matrix);
    CHECK(*keep_matrix<float>(matrix.view()) == matrix);
    const kept_interactions<double> converted = keep_matrix<double>(matrix);
    CHECK(converted->values()[1] == 2.5);
    CHECK(converted->columns().size() == 2);

    const auto* values = std::as_const(matrix).values().data();
    const auto moved = keep_matrix<float>(std::move(matrix));
    CHECK(moved->values().data() == values);

    CHECK(same_matrix(copied.get(), moved.get()));
    CHECK(same_matrix<user_items>(nullptr, nullptr));
    CHECK(!same_matrix<user_items>(copied.get(), nullptr));
}
