// SPDX-License-Identifier: MIT
#include <hybrec/neural/tower_scorer.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;
using neural::tower;
using neural::tower_scorer;

namespace {

/// The tower's first layer before its activation, of two halves of the input.
template <class T>
matrix<T> first_of(const tower<T>& deep, const matrix<T>& in) {
    matrix<T> left(in.rows(), 2), right(in.rows(), in.columns() - 2),
        first(in.rows(), deep.hidden().front().map.outputs());
    for (std::size_t row = 0; row < in.rows(); ++row) {
        std::copy_n(in.row(row), 2, left.row(row));
        std::copy_n(in.row(row) + 2, right.columns(), right.row(row));
        std::copy_n(deep.hidden().front().map.bias().data(), first.columns(), first.row(row));
    }
    deep.add_first_layer(left, 0, first);
    deep.add_first_layer(right, 2, first);
    return first;
}

} // namespace

TEST_CASE(
    "neural::tower_scorer gives the tower's outputs, and the derivatives by its first layer") {
    for (const bool normalize : {false, true})
        for (const auto& hidden :
             {std::vector<std::size_t>{9}, std::vector<std::size_t>{9, 20, 4}}) {
            CAPTURE(normalize);
            tower<double> deep{5, {hidden, normalize, 0.2}, counter_random{1}, 1};
            tower<double>::workspace memory;
            matrix<double> out;
            for (std::uint64_t step = 0; step < 5; ++step) // normalizations learn what is usual
                deep.forward(random_matrix<double>(30, 5, 10 + step), out, memory,
                             {.seed = 1, .step = step});
            const auto in = random_matrix<double>(13, 5, 2);
            deep.apply(in, out, memory, {});
            const tower_scorer<double> scorer{deep};
            tower_scorer<double>::workspace levels;
            std::array<double, 64> scores;
            scores.fill(100);
            matrix<double> first = first_of(deep, in);
            const matrix<double> start = first;
            scorer.add_scores(first, scores.data(), levels);
            for (std::size_t row = 0; row < 13; ++row)
                CHECK(scores[row] - 100 == doctest::Approx(out(row, 0)).epsilon(1e-10));
            // Of the loss Σ c·score.
            std::array<double, 64> factors;
            for (std::size_t row = 0; row < 13; ++row)
                factors[row] = counter_random{7}.normal(row);
            scorer.descend(factors.data(), first, levels);
            matrix<double> at = start;
            check_derivatives(at, first, [&] {
                matrix<double> copy = at;
                tower_scorer<double>::workspace other;
                std::array<double, 64> result{};
                scorer.add_scores(copy, result.data(), other);
                double total = 0;
                for (std::size_t row = 0; row < 13; ++row)
                    total += factors[row] * result[row];
                return total;
            });
        }
}

TEST_CASE_TEMPLATE("neural::tower_scorer gives the tower's outputs where layers are large", T,
                   float, double) {
    tower<T> deep{5, {{130, 100, 90, 10}, true, 0.0}, counter_random{1}, 1};
    typename tower<T>::workspace memory;
    matrix<T> out;
    for (std::uint64_t step = 0; step < 5; ++step)
        deep.forward(random_matrix<T>(30, 5, 10 + step), out, memory, {.seed = 1, .step = step});
    const auto in = random_matrix<T>(37, 5, 2);
    deep.apply(in, out, memory, {});
    matrix<T> first = first_of(deep, in);
    std::array<T, 64> scores;
    scores.fill(3);
    typename tower_scorer<T>::workspace levels;
    tower_scorer<T>{deep}.add_scores(first, scores.data(), levels);
    const double tolerance = sizeof(T) == 4 ? 2e-5 : 1e-11;
    double spread = 0;
    for (std::size_t row = 0; row < 37; ++row) {
        CHECK(std::abs(static_cast<double>(scores[row] - 3 - out(row, 0))) < tolerance);
        spread = std::max(spread, std::abs(static_cast<double>(out(row, 0) - out(0, 0))));
    }
    CHECK(spread > 0.05); // or else the outputs say nothing
}

TEST_CASE_TEMPLATE("neural::tower_scorer: sums of two parts, whatever signs were expected", T,
                   float, double) {
    const double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-11;
    for (const auto& hidden :
         {std::vector<std::size_t>{19}, std::vector<std::size_t>{19, 20},
          std::vector<std::size_t>{129, 64}, std::vector<std::size_t>{150, 70, 9}}) {
        CAPTURE(hidden.size());
        tower<T> deep{5, {hidden, true, 0.0}, counter_random{1}, 1};
        typename tower<T>::workspace memory;
        matrix<T> out;
        deep.forward(random_matrix<T>(30, 5, 10), out, memory, {});
        tower_scorer<T> scorer{deep};
        const auto user = random_matrix<T>(1, hidden[0], 3),
                   items = random_matrix<T>(300, hidden[0], 4); // some groups
        std::vector<std::uint32_t> which;
        for (std::uint32_t at = 0; at < 47; ++at)
            which.push_back(at * 13 % 300);
        matrix<T> sums(which.size(), hidden[0]);
        for (std::size_t row = 0; row < which.size(); ++row)
            for (std::size_t at = 0; at < hidden[0]; ++at)
                sums(row, at) = user(0, at) + items(which[row], at);
        std::vector<T> expected(which.size(), T{2});
        typename tower_scorer<T>::workspace levels;
        scorer.add_scores(sums, expected.data(), levels);
        for (const int kind : {0, 1, 2}) { // all above zero, none, as chance will have it
            CAPTURE(kind);
            std::vector<double> usual(hidden[0]);
            for (std::size_t at = 0; at < usual.size(); ++at)
                usual[at] = kind == 0 ? 99 : kind == 1 ? -99 : counter_random{5}.normal(at) / 4;
            scorer.expect(items, usual.data());
            matrix<T> user_ahead, items_ahead;
            scorer.look_ahead_user(user, user_ahead);
            scorer.look_ahead_items(items, items_ahead);
            const auto score = [&](std::span<const std::uint32_t> some) {
                std::vector<T> scores(some.size(), T{2});
                scorer.add_scores({user, user_ahead}, {items, items_ahead}, some, scores.data(),
                                  levels);
                return scores;
            };
            const std::vector<T> scores = score(which);
            for (std::size_t at = 0; at < which.size(); ++at) {
                CHECK(std::abs(static_cast<double>(scores[at] - expected[at])) <= tolerance);
                CHECK(score({&which[at], 1})[0] == scores[at]); // alone or among others
            }
            CHECK(score({}).empty());
        }
    }
}
