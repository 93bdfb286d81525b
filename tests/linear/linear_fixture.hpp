// SPDX-License-Identifier: MIT
/// @file
/// Small matrices for the tests of linear models, and double-precision references.
#pragma once

#include <hybrec/concepts/model.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <limits>
#include <stop_token>
#include <vector>

namespace hybrec::test {

using dense = std::vector<std::vector<double>>;

inline dense zeros(std::size_t rows, std::size_t columns) {
    return dense(rows, std::vector<double>(columns));
}

inline user_items from_dense(const dense& values) {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user < values.size(); ++user)
        for (std::size_t item = 0; item < values[user].size(); ++item)
            if (values[user][item] != 0)
                entries.add(user_index(user), item_index(item),
                            static_cast<float>(values[user][item]));
    return build_csr<user_index, item_index, float>(
        entries, {.row_count = values.size(), .column_count = values.front().size()});
}

/// Weights 1 to 3, and −1 where `signs`; the last user and the last item have no entries.
inline dense random_dense(std::size_t users, std::size_t items, bool signs = false,
                          std::uint64_t seed = 5) {
    dense values = zeros(users, items);
    const counter_random random{seed};
    for (std::size_t user = 0; user + 1 < users; ++user)
        for (std::size_t item = 0; item + 1 < items; ++item)
            if (const auto drawn = random.below(8, user * items + item); drawn < 3)
                values[user][item] = signs && drawn == 0 ? -1 : 1 + static_cast<double>(drawn);
    return values;
}

inline dense gram(const dense& x) {
    const std::size_t items = x.front().size();
    dense result = zeros(items, items);
    for (const auto& row : x)
        for (std::size_t i = 0; i < items; ++i)
            for (std::size_t j = 0; j < items; ++j)
                result[i][j] += row[i] * row[j];
    return result;
}

/// Inverse by Gauss and Jordan with pivoting.
inline dense inverse(dense a) {
    const std::size_t size = a.size();
    dense result = zeros(size, size);
    for (std::size_t i = 0; i < size; ++i)
        result[i][i] = 1;
    for (std::size_t k = 0; k < size; ++k) {
        std::size_t pivot = k;
        for (std::size_t i = k; i < size; ++i)
            if (std::abs(a[i][k]) > std::abs(a[pivot][k]))
                pivot = i;
        std::swap(a[k], a[pivot]);
        std::swap(result[k], result[pivot]);
        const double by = a[k][k];
        for (std::size_t j = 0; j < size; ++j) {
            a[k][j] /= by;
            result[k][j] /= by;
        }
        for (std::size_t i = 0; i < size; ++i)
            if (i != k) {
                const double factor = a[i][k];
                for (std::size_t j = 0; j < size; ++j) {
                    a[i][j] -= factor * a[k][j];
                    result[i][j] -= factor * result[k][j];
                }
            }
    }
    return result;
}

/// The scores x·B of all users.
inline dense product(const dense& x, const dense& b) {
    dense result = zeros(x.size(), b.front().size());
    for (std::size_t user = 0; user < x.size(); ++user)
        for (std::size_t h = 0; h < b.size(); ++h)
            for (std::size_t i = 0; i < b[h].size(); ++i)
                result[user][i] += x[user][h] * b[h][i];
    return result;
}

/// The model's scores are those of `expected`; its rankings, one or many at a time, follow them.
template <class Model>
void check_scores(const Model& model, const user_items& matrix, const dense& expected,
                  double tolerance) {
    const auto all = model.recommend_all(4, unseen_by_user{matrix});
    for (std::size_t at = 0; at < expected.size(); ++at) {
        const user_index user(at);
        CAPTURE(at);
        CHECK(model.knows(user) == !matrix.row(user).empty());
        for (std::size_t item = 0; item < expected[at].size(); ++item) {
            CAPTURE(item);
            CHECK(std::abs(static_cast<double>(model.score(user, item_index(item))) -
                           expected[at][item]) <= tolerance);
        }
        const auto single = model.recommend(user, 4, unseen_by_user{matrix});
        CHECK(ranking<item_index>{all[at].begin(), all[at].end()} == single);
        for (const auto [item, score] : single) {
            CHECK(score == model.score(user, item)); // to the bit
            CHECK(!matrix.row(user).contains(item));
        }
        if (!matrix.row(user).empty()) {
            CHECK(model.recommend(model.fold_in(matrix.row(user)), 5) == model.recommend(user, 5));
            const auto why = model.explain(user, item_index{0});
            CHECK(std::abs(why.remainder) <= static_cast<float>(tolerance) + 1e-6F);
            CHECK(why.parts.size() == matrix.row(user).size());
        }
    }
}

/// What every model owes: same bits on any number of threads, refusals that leave it as it was.
template <class Model>
void check_fit_rules(const Model& untrained, const user_items& matrix) {
    thread_pool one{1};
    Model model = untrained;
    CHECK(!model.fitted());
    CHECK(!model.knows(user_index{0}));
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{0}}), not_fitted_error);
    std::size_t reports = 0;
    model.fit(matrix, [&](const progress_event&) { ++reports; }, {.pool = &one});
    CHECK(reports >= 2);
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        Model other = untrained;
        other.fit(matrix, execution{.pool = &pool});
        CHECK(other == model);
        CHECK(other.recommend_all(5, unfiltered{}, {.pool = &pool}) ==
              model.recommend_all(5, unfiltered{}, {.pool = &one}));
    }
    Model moved = untrained;
    moved.fit(user_items{matrix});
    CHECK(moved == model);

    const Model before = model;
    std::stop_source stopped;
    stopped.request_stop();
    CHECK_THROWS_AS(model.fit(matrix, execution{.stop = stopped.get_token()}), cancelled);
    CHECK_THROWS_AS(model.fit(user_items(3, 4)), data_error);
    user_items broken = matrix;
    for (const float bad :
         {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
        broken.values().back() = bad;
        CHECK_THROWS_AS(model.fit(broken), data_error);
    }
    CHECK(model == before);
    CHECK(model.estimate_bytes(100, 50, 1000) > 0);
    CHECK(model.estimate_bytes(100, 500, 1000) > model.estimate_bytes(100, 50, 1000));
}

} // namespace hybrec::test
