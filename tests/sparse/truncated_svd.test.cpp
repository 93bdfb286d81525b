// SPDX-License-Identifier: MIT
#include <hybrec/sparse/truncated_svd.hpp>

#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

using namespace hybrec;

namespace {

/// Σ values[k]·u_k·v_kᵀ with orthonormal cosines (DCT-II), so that the decomposition is known.
user_items known_matrix(std::size_t users, std::size_t items, const std::vector<double>& values) {
    const auto basis = [](std::size_t size, std::size_t k, std::size_t at) {
        const double n = static_cast<double>(size);
        return std::sqrt((k == 0 ? 1 : 2) / n) *
               std::cos(std::numbers::pi / n * (static_cast<double>(at) + 0.5) *
                        static_cast<double>(k));
    };
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user < users; ++user)
        for (std::size_t item = 0; item < items; ++item) {
            double sum = 0;
            for (std::size_t k = 0; k < values.size(); ++k)
                sum += values[k] * basis(users, k, user) * basis(items, k, item);
            entries.add(user_index(user), item_index(item), static_cast<float>(sum));
        }
    return build_csr<user_index, item_index, float>(entries,
                                                    {.row_count = users, .column_count = items});
}

double dot(const auto& table, auto index, std::size_t i, std::size_t j) {
    double sum = 0;
    for (std::size_t row = 0; row < table.rows(); ++row)
        sum += static_cast<double>(table.row(decltype(index)(row))[i]) *
               static_cast<double>(table.row(decltype(index)(row))[j]);
    return sum;
}

} // namespace

TEST_CASE("truncated_svd finds known singular values and vectors") {
    const std::vector<double> values{100, 60, 59, 20, 5, 1, 0.5};
    for (const std::size_t users : {80U, 20U}) {
        const std::size_t items = users == 80 ? 33 : 300; // tall and wide
        CAPTURE(users);
        const user_items matrix = known_matrix(users, items, values);
        const auto svd =
            truncated_svd(matrix.view(), {.factors = 6, .oversampling = 4, .iterations = 12});
        REQUIRE(svd.values.size() == 6);
        for (std::size_t i = 0; i < 6; ++i) {
            CHECK(static_cast<double>(svd.values[i]) == doctest::Approx(values[i]).epsilon(1e-4));
            for (std::size_t j = 0; j < 6; ++j) {
                CHECK(std::abs(dot(svd.left, user_index{}, i, j) - (i == j)) < 2e-4);
                CHECK(std::abs(dot(svd.right, item_index{}, i, j) - (i == j)) < 2e-4);
            }
        }
        // Without its last value the matrix differs from the product by that value at most.
        for (std::size_t user = 0; user < users; ++user)
            for (const auto [item, value] : matrix.row(user_index(user))) {
                double sum = 0;
                for (std::size_t k = 0; k < 6; ++k)
                    sum += static_cast<double>(svd.left.row(user_index(user))[k]) *
                           static_cast<double>(svd.values[k]) *
                           static_cast<double>(svd.right.row(item)[k]);
                CHECK(std::abs(sum - static_cast<double>(value)) < 0.1);
            }
    }
}

TEST_CASE("truncated_svd of a matrix of lower rank is padded with zeros") {
    const user_items matrix = known_matrix(30, 40, {7, 3, 2});
    const auto svd = truncated_svd(matrix.view(), {.factors = 35, .iterations = 3});
    REQUIRE(svd.values.size() == 35);
    CHECK(svd.right.factors() == 35);
    CHECK(svd.left.factors() == 35);
    CHECK(static_cast<double>(svd.values[2]) == doctest::Approx(2).epsilon(1e-4));
    for (std::size_t k = 3; k < 35; ++k) {
        CHECK(svd.values[k] == 0);
        CHECK(dot(svd.right, item_index{}, k, k) == 0);
    }
    const auto none = truncated_svd(user_items(4, 5).view(), {.factors = 2});
    CHECK(none.values == std::vector<float>{0, 0});
    const auto nobody = truncated_svd(user_items(0, 5).view(), {.factors = 2});
    CHECK(nobody.right.rows() == 5);
    CHECK(nobody.left.rows() == 0);
}

TEST_CASE("truncated_svd has the same bits for any number of threads, and fixed signs") {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user < 2000; ++user)
        for (std::size_t k = 0; k < 6; ++k)
            entries.add(user_index(user), item_index(counter_random{1}.below(150, user * 6 + k)),
                        1);
    const auto matrix = build_csr<user_index, item_index, float>(entries);
    thread_pool one{1};
    std::size_t reports = 0;
    const svd_options options{.factors = 8, .iterations = 4};
    const auto expected = truncated_svd(matrix.view(), options,
                                        [&](const progress_event&) { ++reports; }, {.pool = &one});
    CHECK(reports == 5);
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        const auto svd = truncated_svd(matrix.view(), options, no_progress{}, {.pool = &pool});
        CHECK(svd.values == expected.values);
        CHECK(svd.left == expected.left);
        CHECK(svd.right == expected.right);
    }
    for (std::size_t k = 0; k < 8; ++k) {
        float largest = 0;
        for (std::size_t row = 0; row < expected.right.rows(); ++row)
            if (std::abs(expected.right.row(item_index(row))[k]) > std::abs(largest))
                largest = expected.right.row(item_index(row))[k];
        CHECK(largest > 0);
    }
}

TEST_CASE("truncated_svd names what is wrong") {
    const user_items matrix = known_matrix(5, 5, {1});
    CHECK_THROWS_WITH_AS((void)truncated_svd(matrix.view(), {.factors = 0}),
                         doctest::Contains("factors is 0"), option_error);
    CHECK_THROWS_AS((void)truncated_svd(matrix.view(), {.iterations = 0}), option_error);
    CHECK_THROWS_AS((void)truncated_svd(matrix.view(), {.oversampling = 9999}), option_error);
    user_items huge = matrix;
    for (float& value : huge.values())
        value = 3e38F;
    CHECK_THROWS_AS((void)truncated_svd(huge.view(), {.factors = 2}), numeric_error);
    std::stop_source stopped;
    stopped.request_stop();
    CHECK_THROWS_AS(
        (void)truncated_svd(matrix.view(), {}, no_progress{}, {.stop = stopped.get_token()}),
        cancelled);
}
