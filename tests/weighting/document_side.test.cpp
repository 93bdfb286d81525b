// SPDX-License-Identifier: MIT
#include <hybrec/weighting/document_side.hpp>

#include <doctest/doctest.h>

TEST_CASE("document_side") {
    CHECK(hybrec::document_side{} == hybrec::document_side::rows);
    CHECK(hybrec::document_side::rows != hybrec::document_side::columns);
}
