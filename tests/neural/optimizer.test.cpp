// SPDX-License-Identifier: MIT
#include <hybrec/neural/optimizer.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

namespace {

/// A table that is trained densely, and one that is trained by touched rows.
struct network {
    neural::parameter<double> map{2, 3};
    neural::parameter<double> state{1, 3, false};
    neural::sparse_parameter<double> table;

    network() {
        map.value = random_matrix<double>(2, 3, 1);
        table.value = random_matrix<double>(4, 3, 2);
    }
    void set_gradients(std::uint64_t step, const std::vector<std::uint32_t>& ids) {
        map.gradient = random_matrix<double>(2, 3, 10 + step);
        table.touched.group(ids, 4);
        table.gradient = random_matrix<double>(table.touched.size(), 3, 20 + step);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) {
        visitor(map);
        visitor(state);
        visitor(table);
    }
};

/// One number through the rules as the papers write them.
struct scalar {
    double value, first = 0, second = 0;

    void sgd(double g, double rate) { value -= rate * g; }
    void adagrad(double g, double rate) {
        first += g * g;
        value -= rate * g / (std::sqrt(first) + 1e-10);
    }
    void adam(double g, double rate, double steps, double decay) {
        value -= rate * decay * value;
        first = 0.9 * first + 0.1 * g;
        second = 0.999 * second + 0.001 * g * g;
        value -= rate * (first / (1 - std::pow(0.9, steps))) /
                 (std::sqrt(second / (1 - std::pow(0.999, steps))) + 1e-8);
    }
};

template <class Rule, class Move>
void check_rule(Rule rule, neural::embedding_updates updates, Move&& move) {
    CAPTURE(static_cast<int>(updates));
    const bool all_move = updates == neural::embedding_updates::dense;
    network net;
    std::vector<scalar> map, table;
    for (std::size_t row = 0; row < 2; ++row)
        for (std::size_t at = 0; at < 3; ++at)
            map.push_back({net.map.value(row, at)});
    for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t at = 0; at < 3; ++at)
            table.push_back({net.table.value(row, at)});
    neural::optimizer<Rule, double> optimizer{rule, updates};
    const std::vector<std::vector<std::uint32_t>> batches{{3, 1, 3}, {0, 1}, {3}};
    for (std::size_t step = 0; step < 3; ++step) {
        net.set_gradients(step, batches[step]);
        optimizer.update(net, 0.1, {});
        const double steps = static_cast<double>(step + 1);
        for (std::size_t row = 0; row < 2; ++row)
            for (std::size_t at = 0; at < 3; ++at)
                move(map[3 * row + at], net.map.gradient(row, at), steps);
        matrix<double> slopes{4, 3};
        for (std::size_t k = 0; k < net.table.touched.size(); ++k)
            for (std::size_t at = 0; at < 3; ++at)
                slopes(net.table.touched.rows()[k], at) = net.table.gradient(k, at);
        for (std::uint32_t row = 0; row < 4; ++row)
            if (all_move || std::ranges::count(batches[step], row) > 0)
                for (std::size_t at = 0; at < 3; ++at)
                    move(table[3 * row + at], slopes(row, at), steps);
    }
    CHECK(optimizer.steps() == 3);
    for (std::size_t row = 0; row < 2; ++row)
        for (std::size_t at = 0; at < 3; ++at)
            CHECK(net.map.value(row, at) ==
                  doctest::Approx(map[3 * row + at].value).epsilon(1e-12));
    for (std::size_t row = 0; row < 4; ++row)
        for (std::size_t at = 0; at < 3; ++at)
            CHECK(net.table.value(row, at) ==
                  doctest::Approx(table[3 * row + at].value).epsilon(1e-12));
    if (!all_move)
        CHECK(net.table.value.row(2)[0] == random_matrix<double>(4, 3, 2)(2, 0)); // never touched
    CHECK(padding_is_zero(net.map.value));
    CHECK(padding_is_zero(net.table.value));
}

} // namespace

TEST_CASE("neural optimizers move as their papers say, and lazily where rows are touched") {
    using enum neural::embedding_updates;
    for (const auto updates : {lazy, dense}) {
        check_rule(neural::sgd{}, updates,
                   [](scalar& each, double g, double) { each.sgd(g, 0.1); });
        check_rule(neural::adagrad{}, updates,
                   [](scalar& each, double g, double) { each.adagrad(g, 0.1); });
        check_rule(neural::adam{}, updates,
                   [](scalar& each, double g, double steps) { each.adam(g, 0.1, steps, 0); });
        check_rule(neural::adam{.weight_decay = 0.3}, updates,
                   [](scalar& each, double g, double steps) { each.adam(g, 0.1, steps, 0.3); });
    }
}

TEST_CASE("neural::optimizer goes on from its state with the same bits") {
    network whole, part;
    neural::optimizer<neural::adam, double> first{neural::adam{}}, second{neural::adam{}};
    for (std::size_t step = 0; step < 4; ++step) {
        if (step == 2) {
            std::vector<matrix<double>> state;
            second.visit_state([&](const matrix<double>& table) { state.push_back(table); });
            neural::optimizer<neural::adam, double> resumed{neural::adam{}};
            std::size_t next = 0;
            resumed.restore(second.steps(), part, [&](matrix<double>& table) {
                CHECK(table.rows() == state[next].rows());
                table = state[next++];
            });
            CHECK(next == state.size());
            second = resumed;
        }
        whole.set_gradients(step, {1, 2});
        part.set_gradients(step, {1, 2});
        first.update(whole, 0.1, {});
        second.update(part, 0.1, {});
    }
    CHECK(first == second);
    CHECK(whole.map.value == part.map.value);
    CHECK(whole.table.value == part.table.value);
}

TEST_CASE("neural::clip_gradients shortens all gradients together") {
    network net;
    net.map.gradient.fill_zero();
    net.set_gradients(0, {1, 2});
    net.map.gradient.fill_zero();
    net.table.gradient.fill_zero();
    net.map.gradient(1, 2) = 3;
    net.table.gradient(0, 1) = 4;
    CHECK(neural::clip_gradients(net, 10) == 5);
    CHECK(net.map.gradient(1, 2) == 3); // short enough
    CHECK(neural::clip_gradients(net, 0) == 5);
    CHECK(net.map.gradient(1, 2) == 3); // no limit
    CHECK(neural::clip_gradients(net, 1) == 5);
    CHECK(net.map.gradient(1, 2) == doctest::Approx(0.6));
    CHECK(net.table.gradient(0, 1) == doctest::Approx(0.8));
}
