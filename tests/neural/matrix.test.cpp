// SPDX-License-Identifier: MIT
#include <hybrec/neural/matrix.hpp>

#include <doctest/doctest.h>

#include <cstdint>

using namespace hybrec::neural;

TEST_CASE("neural::matrix pads its rows with zeros to whole cache lines") {
    matrix<float> values(3, 5);
    CHECK(values.rows() == 3);
    CHECK(values.columns() == 5);
    CHECK(values.stride() == 16);
    CHECK(matrix<double>(1, 9).stride() == 16);
    for (std::size_t row = 0; row < 3; ++row) {
        CHECK(reinterpret_cast<std::uintptr_t>(values.row(row)) % 64 == 0);
        for (std::size_t at = 0; at < 16; ++at)
            CHECK(values.row(row)[at] == 0);
    }
    values(2, 4) = 7;
    CHECK(values.row(2)[4] == 7);
}

TEST_CASE("neural::matrix keeps its memory, and its zeros when columns change") {
    matrix<float> values(4, 5);
    values(0, 4) = 7;
    const float* const memory = values.data();
    values.resize(2, 5);
    CHECK(values.rows() == 2);
    CHECK(values(0, 4) == 7);
    values.resize(4, 5);
    CHECK(values.data() == memory);
    values.resize(4, 4);
    CHECK(values.row(0)[4] == 0); // padding now
}

TEST_CASE("neural::matrix compares shapes and values, not memory") {
    matrix<float> left(2, 3), right(4, 3);
    CHECK(left != right);
    right.resize(2, 3);
    CHECK(left == right);
    right(1, 2) = 1;
    CHECK(left != right);
    CHECK(matrix<float>(3, 2) != matrix<float>(2, 3));
    right.fill_zero();
    CHECK(left == right);
}
