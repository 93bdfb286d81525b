// SPDX-License-Identifier: MIT
#include <hybrec/neural/feature_fields.hpp>

#include "feature_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::feature_fields;
using neural::require_fields;

TEST_CASE("neural::require_fields names the field that does not fit") {
    const auto ages = from_rows<user_index, feature_index>({{1, 0}, {0, 1}});
    const auto genres = from_rows<item_index, feature_index>({{1}, {1}, {0}});
    CHECK_NOTHROW(require_fields({}, 2, 3, "net"));
    CHECK_NOTHROW(require_fields({.users = {ages}, .items = {genres, genres}}, 2, 3, "net"));
    CHECK_THROWS_WITH_AS(require_fields({.users = {ages}}, 3, 3, "net"),
                         "net: field 0 of users has 2 rows; the interactions have 3 users",
                         shape_error);
    CHECK_THROWS_WITH_AS(require_fields({.items = {genres, item_features{3, 0}}}, 2, 3, "net"),
                         "net: field 1 of items has no columns; expected at least one category",
                         shape_error);
}
