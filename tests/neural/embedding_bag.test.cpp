// SPDX-License-Identifier: MIT
#include <hybrec/neural/embedding_bag.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::embedding_bag;
using neural::matrix;
using neural::weighted_lists;

namespace {

/// Row 0: 2·t₁ − t₃; row 1: nothing; row 2: t₁ + ½·t₀.
template <class T>
weighted_lists<T> some_lists() {
    weighted_lists<T> lists;
    lists.add(1, 2), lists.add(3, -1), lists.close();
    lists.close();
    lists.add(1, 1), lists.add(0, T{0.5}), lists.close();
    return lists;
}

} // namespace

TEST_CASE_TEMPLATE("neural::embedding_bag sums weighted vectors", T, float, double) {
    const embedding_bag<T> bag{5, 3, counter_random{1}};
    const auto lists = some_lists<T>();
    CHECK(lists.size() == 3);
    matrix<T> out(3, 7);
    out(1, 3) = 9;
    bag.apply(lists, out, 2, {});
    for (std::size_t at = 0; at < 3; ++at) {
        const auto t = [&](std::size_t row) { return bag.table()(row, at); };
        CHECK(out(0, 2 + at) == doctest::Approx(2 * t(1) - t(3)));
        CHECK(out(1, 2 + at) == 0);
        CHECK(out(2, 2 + at) == doctest::Approx(t(1) + t(0) / 2));
    }
    CHECK(out(0, 1) == 0);
    CHECK(out(0, 5) == 0);
    weighted_lists<T> twice = lists;
    twice.append(lists);
    CHECK(twice.size() == 6);
    CHECK(twice.offsets == std::vector<std::size_t>{0, 2, 2, 4, 6, 6, 8});
    CHECK(twice.rows.back() == 5);
}

TEST_CASE(
    "neural::embedding_bag has gradients of touched rows, whatever the width and the threads") {
    for (const std::size_t width : {3u, 16u, 20u}) {
        embedding_bag<double> bag{5, width, counter_random{1}};
        const auto lists = some_lists<double>();
        const auto slopes = random_matrix<double>(3, width, 2);
        for (const std::size_t threads : {1u, 2u, 3u}) {
            thread_pool pool{threads};
            bag.backward(lists, slopes, 0, {.pool = &pool});
            bag.visit([&](neural::sparse_parameter<double>& table) {
                REQUIRE(table.touched.size() == 3); // 1, 3, 0
                for (std::size_t at = 0; at < width; ++at) {
                    CHECK(table.gradient(0, at) ==
                          doctest::Approx(2 * slopes(0, at) + slopes(2, at)));
                    CHECK(table.gradient(1, at) == -slopes(0, at));
                    CHECK(table.gradient(2, at) == slopes(2, at) / 2);
                }
            });
        }
    }
}
