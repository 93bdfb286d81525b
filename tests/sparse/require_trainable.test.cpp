// SPDX-License-Identifier: MIT
#include <hybrec/sparse/require_trainable.hpp>

#include <hybrec/sparse/csr.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace hybrec;

TEST_CASE("require_trainable names the model and what is wrong") {
    user_items matrix{{0, 1}, {item_index{0}}, {1}, 2};
    CHECK_NOTHROW(require_trainable(matrix, "model"));
    CHECK_THROWS_WITH_AS(require_trainable(user_items{3, 2}, "model"),
                         doctest::Contains("model: the matrix is empty (3 users, 2 items"),
                         data_error);
    matrix.values()[0] = std::numeric_limits<float>::infinity();
    CHECK_THROWS_WITH_AS(require_trainable(matrix, "model"), doctest::Contains("inf"), data_error);
}
