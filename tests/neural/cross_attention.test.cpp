// SPDX-License-Identifier: MIT
#include <hybrec/neural/cross_attention.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

TEST_CASE("neural::cross_attention from its definition") {
    constexpr std::size_t size = 6, heads = 2, tokens = 3, head = size / heads;
    const neural::cross_attention<double> layer{size, heads, tokens, counter_random{1}, 10};
    const auto query = random_matrix<double>(4, size, 1);
    const auto token = random_matrix<double>(4 * tokens, size, 2);
    std::vector<const matrix<double>*> maps; // W_q, b_q, W_k, b_k, W_v, b_v, W_o, b_o
    layer.visit([&](const auto& each) { maps.push_back(&each.value); });
    const auto map = [&](std::size_t which, const double* x) {
        std::vector<double> y(size);
        for (std::size_t j = 0; j < size; ++j) {
            y[j] = (*maps[2 * which + 1])(0, j);
            for (std::size_t i = 0; i < size; ++i)
                y[j] += x[i] * (*maps[2 * which])(i, j);
        }
        return y;
    };
    matrix<double> out;
    neural::cross_attention<double>::workspace memory;
    layer.apply(query, token, out, memory, {});
    for (std::size_t row = 0; row < 4; ++row) {
        const auto q = map(0, query.row(row));
        std::vector<double> fused(size);
        for (std::size_t h = 0; h < heads; ++h) {
            std::vector<double> weights(tokens);
            double total = 0;
            for (std::size_t t = 0; t < tokens; ++t) {
                const auto k = map(1, token.row(row * tokens + t));
                double product = 0;
                for (std::size_t at = h * head; at < (h + 1) * head; ++at)
                    product += q[at] * k[at];
                total += weights[t] = std::exp(product / std::sqrt(3.0));
            }
            for (std::size_t t = 0; t < tokens; ++t) {
                CHECK(memory.weights(row, h * tokens + t) == doctest::Approx(weights[t] / total));
                const auto v = map(2, token.row(row * tokens + t));
                for (std::size_t at = h * head; at < (h + 1) * head; ++at)
                    fused[at] += weights[t] / total * v[at];
            }
        }
        const auto expected = map(3, fused.data());
        for (std::size_t at = 0; at < size; ++at)
            CHECK(out(row, at) == doctest::Approx(expected[at]));
    }
}

TEST_CASE("neural::cross_attention has the gradients of central differences") {
    neural::cross_attention<double> layer{6, 2, 3, counter_random{1}, 10};
    auto query = random_matrix<double>(4, 6, 1);
    auto tokens = random_matrix<double>(12, 6, 2);
    const auto factors = random_matrix<double>(4, 6, 3);
    matrix<double> out, query_gradient, tokens_gradient;
    neural::cross_attention<double>::workspace memory;
    layer.apply(query, tokens, out, memory, {});
    layer.backward(query, tokens, out, factors, query_gradient, tokens_gradient, memory, {});
    const auto loss = [&] {
        neural::cross_attention<double>::workspace other;
        matrix<double> result;
        layer.apply(query, tokens, result, other, {});
        return inner_product(result, factors);
    };
    check_derivatives(query, query_gradient, loss);
    check_derivatives(tokens, tokens_gradient, loss);
    layer.visit([&](auto& each) {
        const matrix<double> claimed = each.gradient;
        check_derivatives(each.value, claimed, loss);
    });
}

TEST_CASE("neural::cross_attention refuses heads that do not divide the size") {
    CHECK_THROWS_WITH_AS((neural::cross_attention<float>{6, 4, 3, counter_random{1}, 0}),
                         "cross_attention: heads is 4; expected a divisor of the size",
                         option_error);
}
