// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/normal_equations.hpp>

#include <hybrec/factorization/als/exact.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

static_assert(least_squares_solver<exact, float> && least_squares_solver<exact, double>);
static_assert(!least_squares_solver<int, float>);
