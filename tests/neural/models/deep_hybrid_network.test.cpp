// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/deep_hybrid_network.hpp>

#include "../feature_fixture.hpp"

#include <hybrec/neural/models/deep_hybrid_net.hpp>

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::deep_hybrid_net_options;
using neural::deep_hybrid_network;

static_assert(neural::trainable<deep_hybrid_network<float>, neural::feature_samples>);
static_assert(!neural::trainable<deep_hybrid_network<float>, neural::rating_samples>);

TEST_CASE("neural::deep_hybrid_network has the gradients of central differences") {
    check_network<deep_hybrid_network<double>>(deep_hybrid_net_options{.embedding = 4,
                                                                       .heads = 2,
                                                                       .content_hidden = 5,
                                                                       .hidden = {6},
                                                                       .dropout = 0,
                                                                       .initial_deviation = 0.5});
}

TEST_CASE("neural::deep_hybrid_network has the same bits at 1, 2 and 3 threads, and learns") {
    check_network_threads<deep_hybrid_network<float>>(
        deep_hybrid_net_options{.embedding = 8, .dropout = 0.1});
}

TEST_CASE("neural::deep_hybrid_network follows PyTorch through three Adam steps") {
    const deep_hybrid_net_options options{
        .embedding = 4, .heads = 2, .content_hidden = 4, .hidden = {6}, .dropout = 0};
    const auto look = [](const auto& golden, const std::string& at, const auto& memory) {
        CHECK(distance(memory.attention.weights, golden.at(at + "attention")) <= 1e-5);
    };
    check_golden<deep_hybrid_network<double>>("deep_hybrid_net", options, {"0", "1", "2"}, look);
    check_golden<deep_hybrid_network<float>>("deep_hybrid_net", options, {"0"}, look);
}
