// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/als.hpp>

#include "../../golden/golden_file.hpp"
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

using namespace hybrec;

namespace {

using golden = std::map<std::string, test::golden_matrix>;

user_items matrix_from(const test::golden_matrix& dense) {
    coo_matrix<user_index, item_index, float> entries{dense.rows, dense.columns};
    for (std::size_t row = 0; row < dense.rows; ++row)
        for (std::size_t column = 0; column < dense.columns; ++column)
            if (dense.at(row, column) != 0)
                entries.add(user_index(row), item_index(column),
                            static_cast<float>(dense.at(row, column)));
    return build_csr(entries);
}

template <class Index, class Value>
factor_table<Index, Value> table_of(const test::golden_matrix& dense) {
    factor_table<Index, Value> table(dense.rows, dense.columns);
    for (std::size_t row = 0; row < dense.rows; ++row)
        for (std::size_t column = 0; column < dense.columns; ++column)
            table.row(Index(row))[column] = static_cast<Value>(dense.at(row, column));
    return table;
}

/// The largest difference, relative to the largest value.
template <class Index, class Value>
double difference(const factor_table<Index, Value>& table, const test::golden_matrix& expected) {
    double worst = 0;
    double largest = 0;
    for (std::size_t row = 0; row < expected.rows; ++row)
        for (std::size_t column = 0; column < expected.columns; ++column) {
            const double value = static_cast<double>(table.row(Index(row))[column]);
            worst = std::max(worst, std::abs(value - expected.at(row, column)));
            largest = std::max(largest, std::abs(expected.at(row, column)));
        }
    return worst / largest;
}

/// How far the users after half an iteration and the items after a whole one are from what was
/// recorded; the larger difference.
template <class Value, class Confidence>
double iterate(const golden& recorded, const char* matrix, const std::string& name,
               const Confidence& confidence, double exponent) {
    const user_items interactions = matrix_from(recorded.at(matrix));
    const auto& start = recorded.at("start");
    implicit_als<exact, Confidence, Value> model{
        {.factors = start.columns, .regularization = 0.05, .regularization_exponent = exponent},
        exact{},
        confidence};
    model.set_factors(factor_table<user_index, Value>(interactions.row_count(), start.columns),
                      table_of<item_index, Value>(start));
    model.update_users(interactions);
    const double users = difference(model.user_factors(), recorded.at(name + "_users"));
    model.update_items(interactions);
    return std::max(users, difference(model.item_factors(), recorded.at(name + "_items")));
}

} // namespace

TEST_CASE_TEMPLATE("one exact iteration of implicit_als equals a dense float64 reference", Value,
                   float, double) {
    const golden recorded = test::read_golden("als_parity.txt");
    const double tolerance = sizeof(Value) == 4 ? 1e-4 : 1e-7;
    CHECK(iterate<Value>(recorded, "values", "hu_koren_volinsky", hu_koren_volinsky{.alpha = 1.5},
                         0) < tolerance);
    CHECK(iterate<Value>(recorded, "values", "observed_weight",
                         observed_weight{.unobserved_weight = 0.2, .alpha = 1.5}, 1) < tolerance);
    CHECK(iterate<Value>(recorded, "signed", "python_implicit", python_implicit{}, 0) < tolerance);
}

TEST_CASE("one exact iteration of implicit_als equals Python implicit's, use_cg=False") {
    const golden recorded = test::read_golden("als_parity.txt");
    CHECK(iterate<float>(recorded, "signed", "implicit", python_implicit{}, 0) < 1e-4);
}

TEST_CASE("the approximate solvers reach the exact solution when iterated") {
    const golden recorded = test::read_golden("als_parity.txt");
    const user_items interactions = matrix_from(recorded.at("values"));
    const auto solve = [&](auto solver, int repeats) {
        implicit_als<decltype(solver), hu_koren_volinsky, double> model{
            {.factors = 20, .regularization = 0.05}, solver, {.alpha = 1.5}};
        model.set_factors(factor_table<user_index, double>(interactions.row_count(), 20),
                          table_of<item_index, double>(recorded.at("start")));
        for (int repeat = 0; repeat < repeats; ++repeat)
            model.update_users(interactions);
        return difference(model.user_factors(), recorded.at("hu_koren_volinsky_users"));
    };
    CHECK(solve(conjugate_gradient{.steps = 40}, 1) < 1e-6);
    CHECK(solve(conjugate_gradient{.steps = 3}, 1) < solve(conjugate_gradient{.steps = 1}, 1));
    CHECK(solve(conjugate_gradient{.steps = 3}, 20) < 1e-3);
    CHECK(solve(subspace{.block = 64}, 1) < 1e-7); // one block holds all factors: exact
    const double once = solve(subspace{.block = 8}, 1);
    const double often = solve(subspace{.block = 8}, 200);
    CHECK(once > often);
    CHECK(often < 1e-6);
}

TEST_CASE("conjugate_gradient with rounded vectors comes within their rounding of whole floats") {
    const golden recorded = test::read_golden("als_parity.txt");
    const user_items interactions = matrix_from(recorded.at("values"));
    const auto solve = [&](conjugate_gradient solver) {
        implicit_als<conjugate_gradient, hu_koren_volinsky, float> model{
            {.factors = 20, .regularization = 0.05}, solver, {.alpha = 1.5}};
        model.set_factors(factor_table<user_index, float>(interactions.row_count(), 20),
                          table_of<item_index, float>(recorded.at("start")));
        model.update_users(interactions);
        return difference(model.user_factors(), recorded.at("hu_koren_volinsky_users"));
    };
    CHECK(solve({.steps = 40}) < 1e-4); // too many steps for rounding
    const double rounded = solve({.steps = 40, .rounded_steps = 40});
    CHECK(rounded > 1e-4);
    CHECK(rounded < 0.02);
}
