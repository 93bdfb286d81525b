// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/loss.hpp>

#include "als_fixture.hpp"

#include <hybrec/factorization/als/als.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;

namespace {

/// Σ over every pair and every row, straight from the definition.
template <class Model>
double brute_force(const Model& model, const user_items& matrix, auto pair_loss) {
    double total = 0;
    const double lambda = model.options().regularization;
    const double exponent = model.options().regularization_exponent;
    const double unobserved = model.confidence().unobserved();
    std::vector<double> item_entries(matrix.column_count());
    const auto squared = [](auto row) {
        double sum = 0;
        for (const auto value : row)
            sum += static_cast<double>(value) * static_cast<double>(value);
        return sum;
    };
    const auto users = static_cast<double>(matrix.row_count());
    const auto items = static_cast<double>(matrix.column_count());
    for (std::size_t u = 0; u < matrix.row_count(); ++u) {
        const auto row = matrix.row(user_index(u));
        for (std::size_t i = 0; i < matrix.column_count(); ++i) {
            double value = 0;
            for (const auto [item, stored] : row)
                if (item.value() == i)
                    value = static_cast<double>(stored);
            item_entries[i] += value != 0;
            double score = 0;
            for (std::size_t f = 0; f < model.options().factors; ++f)
                score += static_cast<double>(model.user_factors().row(user_index(u))[f]) *
                         static_cast<double>(model.item_factors().row(item_index(i))[f]);
            total += pair_loss(value, score);
        }
        total += lambda * std::pow(static_cast<double>(row.size()) + unobserved * items, exponent) *
                 squared(model.user_factors().row(user_index(u)));
    }
    for (std::size_t i = 0; i < matrix.column_count(); ++i)
        total += lambda * std::pow(item_entries[i] + unobserved * users, exponent) *
                 squared(model.item_factors().row(item_index(i)));
    return total;
}

} // namespace

TEST_CASE("als_loss is the weighted squared error of the papers") {
    const user_items matrix = test::planted_groups(40, 20, 6);
    SUBCASE("Hu, Koren, Volinsky") {
        implicit_als<exact, hu_koren_volinsky, double> model{
            {.factors = 6, .iterations = 2}, {}, {.alpha = 3}};
        model.fit(matrix);
        const double expected = brute_force(model, matrix, [](double value, double score) {
            const double wanted = value != 0 ? 1 : 0;
            return (1 + 3 * value) * (wanted - score) * (wanted - score);
        });
        CHECK(model.loss(matrix) == doctest::Approx(expected).epsilon(1e-9));
    }
    SUBCASE("observed weight with frequency-scaled regularization") {
        implicit_als<exact, observed_weight, double> model{
            {.factors = 6, .regularization_exponent = 1, .iterations = 2},
            {},
            {.unobserved_weight = 0.2}};
        model.fit(matrix);
        const double expected = brute_force(model, matrix, [](double value, double score) {
            return value * (1 - score) * (1 - score) + 0.2 * score * score;
        });
        CHECK(model.loss(matrix) == doctest::Approx(expected).epsilon(1e-9));
    }
    SUBCASE("same bits for any number of threads") {
        implicit_als model{{.factors = 6, .iterations = 2}};
        model.fit(matrix);
        thread_pool one{1};
        thread_pool three{3};
        CHECK(model.loss(matrix, {.pool = &one}) == model.loss(matrix, {.pool = &three}));
    }
}
