// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/cosine_network.hpp>

#include "../../golden/golden_file.hpp"
#include "../neural_fixture.hpp"

#include <hybrec/neural/optimizer.hpp>
#include <hybrec/neural/trainer.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <string>

using namespace hybrec;
using test::spread;
using namespace hybrec::test;
using neural::cosine_network;
using neural::matrix;
using neural::rating_samples;

static_assert(neural::trainable<cosine_network<float>, rating_samples>);

namespace {

user_items some_ratings(std::size_t users, std::size_t items, std::uint64_t share) {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user < users; ++user)
        for (std::size_t item = 0; item < items; ++item)
            if (counter_random{9}.below(share, user * items + item) == 0)
                entries.add(user_index(user), item_index(item),
                            static_cast<float>(counter_random{8}.below(11, user * items + item)));
    return build_csr<user_index, item_index, float>(entries,
                                                    {.row_count = users, .column_count = items});
}

std::vector<std::uint32_t> all_of(const rating_samples& samples) {
    std::vector<std::uint32_t> positions(samples.size());
    std::iota(positions.begin(), positions.end(), std::uint32_t{0});
    return positions;
}

} // namespace

TEST_CASE("neural::cosine_network has the gradients of central differences") {
    const user_items matrix_of_ratings = some_ratings(7, 6, 2);
    const rating_samples samples{matrix_of_ratings.view(), {0, 10}, 1, 3};
    cosine_network<double> network{7, 6, 5, 0.5, 1};
    const auto positions = all_of(samples);
    const double loss = network.gradients(samples, positions, 0, {});
    CHECK(loss == doctest::Approx(network.mean_loss(samples, {})).epsilon(1e-12));
    network.visit([&](auto& each) {
        const matrix<double> claimed = spread(each);
        check_derivatives(each.value, claimed, [&] { return network.mean_loss(samples, {}); });
    });
}

TEST_CASE("neural::cosine_network: a sample from the definition") {
    const user_items matrix_of_ratings = some_ratings(7, 6, 2);
    const cosine_network<double> network{7, 6, 5, 0.5, 1};
    double product = 0, left = 0, right = 0;
    for (std::size_t at = 0; at < 5; ++at) {
        product += network.users()(3, at) * network.items()(2, at);
        left += network.users()(3, at) * network.users()(3, at);
        right += network.items()(2, at) * network.items()(2, at);
    }
    CHECK(network.logit(3, 2) ==
          doctest::Approx(network.weight() * product / std::sqrt(left * right) + network.bias()));
}

TEST_CASE("neural::cosine_network has the same bits at 1, 2 and 3 threads") {
    const user_items matrix_of_ratings = some_ratings(300, 200, 8);
    const rating_samples samples{matrix_of_ratings.view(), {0, 10}, 1, 3};
    const auto positions = all_of(samples);
    std::vector<matrix<float>> expected;
    double loss = 0, judged = 0;
    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        cosine_network<float> network{300, 200, 20, 0.1, 1};
        const double value = network.gradients(samples, positions, 5, {.where = {.pool = &pool}});
        const double other = network.mean_loss(samples, {.pool = &pool});
        std::vector<matrix<float>> results;
        network.visit([&](const auto& each) { results.push_back(each.gradient); });
        if (threads == 1) {
            expected = results;
            loss = value;
            judged = other;
        }
        CHECK(results == expected);
        CHECK(value == loss);
        CHECK(other == judged);
    }
}

TEST_CASE_TEMPLATE("neural::cosine_network follows PyTorch through three Adam steps", T, float,
                   double) {
    const auto golden = read_golden("neural_torch.txt");
    using enum neural::embedding_updates;
    for (const auto updates : {lazy, dense}) {
        const std::string name = updates == lazy ? "recommender_net" : "recommender_net_dense";
        CAPTURE(name);
        const double tolerance = std::is_same_v<T, double> ? 1e-7 : 1e-5;
        const auto differs = [&](const matrix<T>& table, const std::string& what) {
            const golden_matrix& expected = golden.at(name + "_" + what);
            REQUIRE(table.rows() == expected.rows);
            REQUIRE(table.columns() == expected.columns);
            double worst = 0;
            for (std::size_t row = 0; row < table.rows(); ++row)
                for (std::size_t at = 0; at < table.columns(); ++at)
                    worst = std::max(worst, std::abs(static_cast<double>(table(row, at)) -
                                                     expected.at(row, at)));
            return worst;
        };
        const std::vector<std::string> names{"users_weight", "items_weight", "output_weight",
                                             "output_bias"};
        cosine_network<T> network{6, 5, 20, 1, 1};
        std::size_t number = 0;
        network.visit([&](auto& each) {
            const golden_matrix& start = golden.at(name + "_start_" + names[number++]);
            for (std::size_t row = 0; row < each.value.rows(); ++row)
                for (std::size_t at = 0; at < each.value.columns(); ++at)
                    each.value(row, at) = static_cast<T>(start.at(row, at));
        });
        neural::optimizer<neural::adam, T> optimizer{neural::adam{}, updates};
        for (const std::string step : {"_0_", "_1_", "_2_"}) {
            const auto recorded = [&](const char* what) { return golden.at(name + step + what); };
            const auto users = recorded("input0"), items = recorded("input1");
            const auto labels = recorded("labels"), outputs = recorded("outputs");
            coo_matrix<user_index, item_index, float> entries;
            for (std::size_t at = 0; at < users.columns; ++at) {
                // Not 0 for label 0: zeros are no entries.
                entries.add(user_index(static_cast<std::size_t>(users.at(0, at))),
                            item_index(static_cast<std::size_t>(items.at(0, at))),
                            1 + static_cast<float>(labels.at(0, at)));
                CHECK(std::abs(static_cast<double>(
                                   network.logit(static_cast<std::uint32_t>(users.at(0, at)),
                                                 static_cast<std::uint32_t>(items.at(0, at)))) -
                               outputs.at(0, at)) <= tolerance);
            }
            const user_items batch = build_csr<user_index, item_index, float>(
                entries, {.row_count = 6, .column_count = 5});
            const rating_samples samples{batch.view(), {1, 2}};
            const double loss = network.gradients(samples, all_of(samples), 0, {});
            // 1 + label in float costs the labels half of 2⁻²³.
            CHECK(std::abs(loss - recorded("loss").at(0, 0)) <= std::max(tolerance, 1e-6));
            number = 0;
            if (step == "_0_")
                network.visit([&](const auto& each) {
                    CHECK(differs(spread(each), "gradient_" + names[number++]) <=
                          std::max(tolerance, 1e-6));
                });
            optimizer.update(network, 0.01, {});
            number = 0;
            network.visit([&](const auto& each) {
                CHECK(differs(each.value, step.substr(1) + names[number++]) <= 1e-5);
            });
        }
    }
}
