// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/feature_combination_network.hpp>

#include "../feature_fixture.hpp"

#include <hybrec/neural/models/feature_combination_net.hpp>

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::feature_combination_net_options;
using neural::feature_combination_network;

static_assert(neural::trainable<feature_combination_network<float>, neural::feature_samples>);
static_assert(!neural::trainable<feature_combination_network<float>, neural::rating_samples>);

TEST_CASE("neural::feature_combination_network has the gradients of central differences") {
    check_network<feature_combination_network<double>>(
        feature_combination_net_options{.embedding = 4,
                                        .content_hidden = 5,
                                        .hidden = {6, 5},
                                        .dropout = 0,
                                        .initial_deviation = 0.5});
}

TEST_CASE(
    "neural::feature_combination_network has the same bits at 1, 2 and 3 threads, and learns") {
    check_network_threads<feature_combination_network<float>>(
        feature_combination_net_options{.embedding = 4, .dropout = 0.1});
}

TEST_CASE("neural::feature_combination_network follows PyTorch through three Adam steps") {
    const feature_combination_net_options options{
        .embedding = 3, .content_hidden = 4, .hidden = {6, 5}, .dropout = 0};
    const auto look = [](const auto&...) {};
    check_golden<feature_combination_network<double>>("feature_combination_net", options,
                                                      {"0", "1", "2"}, look);
    check_golden<feature_combination_network<float>>("feature_combination_net", options, {"0"},
                                                     look);
}
