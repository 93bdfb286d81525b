// SPDX-License-Identifier: MIT
#include <hybrec/neural/prepared_rows.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("neural::prepared_rows takes a shape and forgets its keys") {
    neural::prepared_rows<double> rows;
    rows.keys.add(3, 0.5);
    rows.keys.close();
    rows.resize(5, 3, 20);
    CHECK(rows.vectors.rows() == 5);
    CHECK(rows.vectors.columns() == 3);
    CHECK(rows.hidden.rows() == 5);
    CHECK(rows.hidden.columns() == 20);
    CHECK(rows.rest.rows() == 5);
    CHECK(rows.rest.columns() == 1);
    CHECK(rows.keys.size() == 0);
    CHECK(rows.keys.indices.empty());
}
