// SPDX-License-Identifier: MIT
/// @file
/// Random matrices, and gradients by central differences.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/embedding.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::test {

/// Normal numbers, with zeros in the padding.
template <class T>
neural::matrix<T> random_matrix(std::size_t rows, std::size_t columns, std::uint64_t stream) {
    neural::matrix<T> result(rows, columns);
    const counter_random random{11, stream};
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
            result(row, column) = static_cast<T>(random.normal(row * columns + column));
    return result;
}

template <class T>
double inner_product(const neural::matrix<T>& left, const neural::matrix<T>& right) {
    double total = 0;
    for (std::size_t row = 0; row < left.rows(); ++row)
        for (std::size_t column = 0; column < left.columns(); ++column)
            total +=
                static_cast<double>(left(row, column)) * static_cast<double>(right(row, column));
    return total;
}

/// Whether `claimed` are the derivatives of `loss()` by the values of `at`, to a relative 1e-6.
template <class Loss>
void check_derivatives(neural::matrix<double>& at, const neural::matrix<double>& claimed,
                       Loss&& loss) {
    REQUIRE(claimed.rows() == at.rows());
    REQUIRE(claimed.columns() == at.columns());
    constexpr double step = 1e-5;
    for (std::size_t row = 0; row < at.rows(); ++row)
        for (std::size_t column = 0; column < at.columns(); ++column) {
            const double before = at(row, column);
            const auto difference = [&](double by) {
                at(row, column) = before + by;
                const double up = loss();
                at(row, column) = before - by;
                const double down = loss();
                at(row, column) = before;
                return (up - down) / (2 * by);
            };
            // Central differences of two steps, so that their errors of second order cancel.
            const double measured = (4 * difference(step) - difference(2 * step)) / 3;
            CAPTURE(row);
            CAPTURE(column);
            CAPTURE(measured);
            CAPTURE(claimed(row, column));
            REQUIRE(std::abs(measured - claimed(row, column)) <=
                    1e-6 * std::max({std::abs(measured), std::abs(claimed(row, column)), 1e-2}));
        }
}

/// All derivatives of a layer, of the loss Σ c·out with random c.
template <class Layer>
void check_layer(Layer layer, neural::matrix<double> in) {
    using neural::matrix;
    const neural::pass pass{.seed = 3, .step = 2};
    typename Layer::workspace memory;
    matrix<double> out, in_gradient;
    layer.forward(in, out, memory, pass);
    REQUIRE(out.columns() == layer.outputs(in.columns()));
    const auto factors = random_matrix<double>(out.rows(), out.columns(), 99);
    for (int time = 0; time < 2; ++time) // gradients are written, not added
        layer.backward(in, out, factors, in_gradient, memory, pass);
    const auto loss = [&] {
        typename Layer::workspace other;
        matrix<double> result;
        Layer copy = layer; // batch normalization remembers what it sees
        copy.forward(in, result, other, pass);
        return inner_product(result, factors);
    };
    check_derivatives(in, in_gradient, loss);
    layer.visit([&](auto& parameter) {
        if (parameter.trained) {
            const matrix<double> claimed = parameter.gradient;
            check_derivatives(parameter.value, claimed, loss);
        }
    });
}

/// Whether outputs and gradients have the same bits at 1, 2 and 3 threads.
template <class Layer>
void check_threads(const Layer& layer, const neural::matrix<float>& in) {
    using neural::matrix;
    std::vector<matrix<float>> expected;
    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        const neural::pass pass{.where = {.pool = &pool}, .seed = 3, .step = 2};
        Layer copy = layer;
        typename Layer::workspace memory;
        matrix<float> out, in_gradient;
        copy.forward(in, out, memory, pass);
        copy.backward(in, out, random_matrix<float>(out.rows(), out.columns(), 7), in_gradient,
                      memory, pass);
        std::vector<matrix<float>> results{out, in_gradient};
        copy.visit([&](auto& parameter) {
            results.push_back(parameter.value);
            results.push_back(parameter.gradient);
        });
        if (threads == 1)
            expected = results;
        CHECK(results == expected);
    }
}

/// The gradients of a table as one of all rows.
template <class T>
neural::matrix<T> spread(const neural::sparse_parameter<T>& each) {
    neural::matrix<T> all(each.value.rows(), each.value.columns());
    for (std::size_t k = 0; k < each.touched.size(); ++k)
        for (std::size_t at = 0; at < all.columns(); ++at)
            all(each.touched.rows()[k], at) = each.gradient(k, at);
    return all;
}
template <class T>
neural::matrix<T> spread(const neural::parameter<T>& each) {
    return each.gradient;
}

/// Whether the padding of every row is zero.
template <class T>
bool padding_is_zero(const neural::matrix<T>& table) {
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (std::size_t at = table.columns(); at < table.stride(); ++at)
            if (table.row(row)[at] != T{0})
                return false;
    return true;
}

} // namespace hybrec::test
