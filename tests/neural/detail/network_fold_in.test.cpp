// SPDX-License-Identifier: MIT
#include <hybrec/neural/detail/network_fold_in.hpp>

#include "../feature_fixture.hpp"

#include <hybrec/neural/models/deep_fm.hpp>
#include <hybrec/neural/models/deep_fm_network.hpp>
#include <hybrec/neural/models/deep_hybrid_net.hpp>
#include <hybrec/neural/models/deep_hybrid_network.hpp>
#include <hybrec/neural/models/feature_combination_net.hpp>
#include <hybrec/neural/models/feature_combination_network.hpp>
#include <hybrec/neural/models/wide_and_deep.hpp>
#include <hybrec/neural/models/wide_and_deep_network.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;
using neural::rating_sample;

namespace {

/// The derivatives of the mean loss by the vector of the id against central differences, where the
/// scores are those of requests.
template <class Network, class Options>
void check_fold_in(const Options& options) {
    const small_world world;
    Network network{world.users, world.items, options};
    std::uint64_t number = 0;
    network.visit([&](auto& each) { // nothing is zero, as some weights are before training
        for (std::size_t row = 0; row < each.value.rows(); ++row)
            for (std::size_t at = 0; at < each.value.columns(); ++at)
                each.value(row, at) +=
                    0.4 * counter_random{4, number}.uniform(row * each.value.columns() + at);
        ++number;
    });
    using network_type = neural::detail::trained_network<Network>;
    const network_type trained{"network", world.users, world.items, std::move(network), {}};
    const std::array categories{feature_index{0}, feature_index{2}};
    const std::array weights{1.0F, 3.0F};
    const std::array features{sparse_row<feature_index, float>{categories, weights}};
    neural::detail::network_fold_in<Network> user{trained, features};
    for (std::size_t k = 0; k < options.embedding; ++k)
        user.vector()[k] += counter_random{6}.normal(k);
    user.prepare();

    std::vector<rating_sample> samples;
    for (std::uint32_t at = 0; at < 90; ++at) // more than are scored at a time
        samples.push_back({0, at * 3 % 7, static_cast<float>(at % 5) / 4});
    std::vector<item_index> items;
    for (const rating_sample& each : samples)
        items.push_back(item_index{each.item});
    typename network_type::memory memory;
    std::vector<double> scores(samples.size());
    matrix<double> vector(1, options.embedding), claimed(1, options.embedding);
    std::copy_n(user.vector(), options.embedding, vector.data());
    user.gradient(samples, claimed.data());
    check_derivatives(vector, claimed, [&] {
        std::copy_n(vector.data(), options.embedding, user.vector());
        user.prepare();
        trained.score(user.user(), items, scores, memory);
        double loss = 0;
        for (std::size_t at = 0; at < samples.size(); ++at) {
            const auto label = static_cast<double>(samples[at].label);
            loss += std::log1p(std::exp(scores[at])) - label * scores[at];
        }
        return loss / static_cast<double>(samples.size());
    });
    double largest = 0;
    for (std::size_t k = 0; k < options.embedding; ++k)
        largest = std::max(largest, std::abs(claimed(0, k)));
    CHECK(largest > 1e-2); // below which the relative error is not held to 1e-6
}

} // namespace

TEST_CASE("neural::detail::network_fold_in has the gradients of central differences") {
    SUBCASE("deep_fm") {
        check_fold_in<neural::deep_fm_network<double>>(
            neural::deep_fm_options{.embedding = 5, .hidden = {16, 9}, .initial_deviation = 0.5});
    }
    SUBCASE("wide_and_deep") {
        check_fold_in<neural::wide_and_deep_network<double>>(neural::wide_and_deep_options{
            .embedding = 5, .hidden = {16, 9, 7}, .cross_slots = 50, .initial_deviation = 0.5});
    }
    SUBCASE("feature_combination_net") {
        check_fold_in<neural::feature_combination_network<double>>(
            neural::feature_combination_net_options{
                .embedding = 5, .content_hidden = 4, .hidden = {16, 9}, .initial_deviation = 0.5});
    }
    SUBCASE("deep_hybrid_net") {
        check_fold_in<neural::deep_hybrid_network<double>>(
            neural::deep_hybrid_net_options{.embedding = 6,
                                            .heads = 2,
                                            .content_hidden = 4,
                                            .hidden = {16},
                                            .initial_deviation = 0.5});
    }
}
