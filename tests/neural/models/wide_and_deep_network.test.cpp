// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/wide_and_deep_network.hpp>

#include "../feature_fixture.hpp"

#include <hybrec/neural/models/wide_and_deep.hpp>

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::wide_and_deep_network;
using neural::wide_and_deep_options;

static_assert(neural::trainable<wide_and_deep_network<float>, neural::feature_samples>);
static_assert(!neural::trainable<wide_and_deep_network<float>, neural::rating_samples>);

TEST_CASE("neural::wide_and_deep_network has the gradients of central differences") {
    check_network<wide_and_deep_network<double>>(wide_and_deep_options{.embedding = 4,
                                                                       .hidden = {6, 5, 4},
                                                                       .dropout = 0,
                                                                       .cross_slots = 64,
                                                                       .initial_deviation = 0.5});
}

TEST_CASE("neural::wide_and_deep_network has the same bits at 1, 2 and 3 threads, and learns") {
    check_network_threads<wide_and_deep_network<float>>(
        wide_and_deep_options{.embedding = 4, .dropout = 0.1});
}

TEST_CASE_TEMPLATE("neural::wide_and_deep_network follows PyTorch through three Adam steps", T,
                   float, double) {
    check_golden<wide_and_deep_network<T>>(
        "wide_and_deep", wide_and_deep_options{
                             .embedding = 3, .hidden = {6, 5, 4}, .dropout = 0, .cross_slots = 64});
}
