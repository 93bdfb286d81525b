// SPDX-License-Identifier: MIT
#include <hybrec/neural/embedding.hpp>

#include "neural_fixture.hpp"

#include <hybrec/neural/layer.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

TEST_CASE("neural::embedding looks up rows, side by side") {
    const neural::embedding<float> table{6, 5, counter_random{1}};
    const std::vector<std::uint32_t> ids{4, 0, 4};
    matrix<float> out(3, 12);
    table.apply(ids, out, 7, {});
    for (std::size_t at = 0; at < 5; ++at) {
        CHECK(out(0, 7 + at) == table.table()(4, at));
        CHECK(out(1, 7 + at) == table.table()(0, at));
    }
    CHECK(out(2, 6) == 0);
}

TEST_CASE("neural::embedding has the gradients of central differences, duplicates summed") {
    neural::embedding<double> table{6, 5, counter_random{1}};
    const std::vector<std::uint32_t> ids{4, 0, 4, 2, 4};
    const auto factors = random_matrix<double>(5, 5, 3);
    for (int time = 0; time < 2; ++time) // gradients are written, not added
        table.backward(ids, factors, 0, {});
    table.visit([&](neural::sparse_parameter<double>& each) {
        CHECK(each.touched.size() == 3);
        matrix<double> all(6, 5); // zero for what is not touched
        for (std::size_t k = 0; k < 3; ++k)
            for (std::size_t at = 0; at < 5; ++at)
                all(each.touched.rows()[k], at) = each.gradient(k, at);
        check_derivatives(each.value, all, [&] {
            matrix<double> out(5, 5);
            table.apply(ids, out, 0, {});
            return inner_product(out, factors);
        });
    });
}

TEST_CASE("neural::embedding has the same bits at 1, 2 and 3 threads") {
    std::vector<std::uint32_t> ids(500);
    for (std::size_t at = 0; at < ids.size(); ++at)
        ids[at] = static_cast<std::uint32_t>(counter_random{2}.below(200, at));
    const auto slopes = random_matrix<float>(500, 5, 3);
    matrix<float> expected;
    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        neural::embedding<float> table{200, 5, counter_random{1}};
        table.backward(ids, slopes, 0, {.pool = &pool});
        table.visit([&](const auto& each) {
            if (threads == 1)
                expected = each.gradient;
            CHECK(each.gradient == expected);
        });
    }
}
