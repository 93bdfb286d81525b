// SPDX-License-Identifier: MIT
// Labelled lists for the tests of learners, and least squares by Gauss elimination.
#pragma once

#include "tables.hpp"

#include <hybrec/hybrid/labelled_lists.hpp>
#include <hybrec/hybrid/normalizers.hpp>

#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

namespace learning {

using namespace hybrec;

using raw_lists = labelled_lists<as_is>;

/// Adds a full list; `request` n asks.
template <class Lists>
void add(Lists& lists, const tables::columns& columns, const std::vector<float>& labels,
         std::size_t request_number = 0, const std::vector<int>& items = {}) {
    auto table = tables::table(columns, items);
    if (!lists.add(request<>{user_index(request_number)}, table, labels))
        throw std::runtime_error{"the list was not kept"};
}

/// Labels 1 where a noisy combination of the scores is above 0.
inline std::vector<float> labels_of(const tables::columns& columns,
                                    const std::vector<double>& truth, std::uint64_t seed,
                                    double noise = 0.5) {
    std::vector<float> labels;
    for (std::size_t row = 0; row < columns[0].size(); ++row) {
        double score = noise * counter_random{seed}.normal(row);
        for (std::size_t k = 0; k < columns.size(); ++k)
            if (!std::isnan(columns[k][row]))
                score += truth[k] * static_cast<double>(columns[k][row]);
        labels.push_back(score > 0 ? 1.0F : 0.0F);
    }
    return labels;
}

/// Twenty lists of three components with gaps; the second one is misleading.
template <class Lists>
Lists random_lists(Lists lists, std::uint64_t seed = 1) {
    for (std::size_t list = 0; list < 20; ++list) {
        const auto columns = tables::random_columns(3, 40 + list, seed * 100 + list, 0.2, 40);
        add(lists, columns, labels_of(columns, {0.5, -0.2, 0.3}, seed * 100 + 50 + list), list);
    }
    return lists;
}

using matrix = std::vector<std::vector<double>>;

/// The rows of lists, with a last column of ones.
template <class Lists>
matrix design(const Lists& lists) {
    matrix rows;
    for (std::size_t at = 0; at < lists.row_count(); ++at) {
        rows.emplace_back();
        for (const float value : lists.row(at))
            rows.back().push_back(static_cast<double>(value));
        rows.back().push_back(1);
    }
    return rows;
}

/// Gauss elimination with pivoting.
inline std::vector<double> solve(matrix a, std::vector<double> b) {
    const std::size_t n = b.size();
    for (std::size_t at = 0; at < n; ++at) {
        std::size_t pivot = at;
        for (std::size_t row = at; row < n; ++row)
            if (std::abs(a[row][at]) > std::abs(a[pivot][at]))
                pivot = row;
        std::swap(a[at], a[pivot]);
        std::swap(b[at], b[pivot]);
        for (std::size_t row = 0; row < n; ++row) {
            if (row == at)
                continue;
            const double factor = a[row][at] / a[at][at];
            for (std::size_t column = 0; column < n; ++column)
                a[row][column] -= factor * a[at][column];
            b[row] -= factor * b[at];
        }
    }
    for (std::size_t at = 0; at < n; ++at)
        b[at] /= a[at][at];
    return b;
}

/// Ridge with an intercept that is not held back, by its normal equations; the intercept comes last.
template <class Lists>
std::vector<double> ridge_by_definition(const Lists& lists, double regularization,
                                        bool intercept = true) {
    const matrix x = design(lists);
    const std::size_t n = lists.width() + 1;
    matrix a(n, std::vector<double>(n));
    std::vector<double> b(n);
    for (std::size_t row = 0; row < x.size(); ++row)
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = 0; j < n; ++j)
                a[i][j] += x[row][i] * x[row][j];
            b[i] += x[row][i] * static_cast<double>(lists.labels()[row]);
        }
    for (std::size_t i = 0; i + 1 < n; ++i)
        a[i][i] += regularization;
    if (!intercept) {
        a.pop_back();
        for (auto& row : a)
            row.pop_back();
        b.pop_back();
        b = solve(a, b);
        b.push_back(0);
        return b;
    }
    return solve(a, b);
}

template <class Blend>
void check_weights(const Blend& blend, const std::vector<double>& expected) {
    REQUIRE(blend.weights().size() + 1 == expected.size());
    for (std::size_t k = 0; k < blend.weights().size(); ++k)
        CHECK(static_cast<double>(blend.weights()[k]) ==
              doctest::Approx(expected[k]).epsilon(1e-5).scale(0.01));
    CHECK(static_cast<double>(blend.intercept()) ==
          doctest::Approx(expected.back()).epsilon(1e-5).scale(0.01));
}

/// The same bits with 1, 2 and 3 threads.
template <class Learner, class Lists>
void check_threads(const Learner& learner, const Lists& lists) {
    thread_pool one{1};
    const auto expected = learner.learn(lists, execution{.pool = &one});
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        CHECK(learner.learn(lists, execution{.pool = &pool}) == expected);
    }
}

/// One that is long enough for several chunks.
inline raw_lists long_lists() {
    raw_lists lists{3};
    for (std::size_t list = 0; list < 150; ++list) {
        const auto columns = tables::random_columns(3, 70, 9000 + list, 0.2, 40);
        add(lists, columns, labels_of(columns, {0.4, 0.1, 0.3}, 500 + list));
    }
    return lists;
}

} // namespace learning
