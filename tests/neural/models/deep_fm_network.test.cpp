// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/deep_fm_network.hpp>

#include "../feature_fixture.hpp"

#include <hybrec/neural/models/deep_fm.hpp>

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::deep_fm_network;
using neural::deep_fm_options;

static_assert(neural::trainable<deep_fm_network<float>, neural::feature_samples>);
static_assert(!neural::trainable<deep_fm_network<float>, neural::rating_samples>);

TEST_CASE("neural::deep_fm_network has the gradients of central differences") {
    check_network<deep_fm_network<double>>(
        deep_fm_options{.embedding = 4, .hidden = {6, 5}, .dropout = 0, .initial_deviation = 0.5});
}

TEST_CASE("neural::deep_fm_network has the same bits at 1, 2 and 3 threads, and learns") {
    check_network_threads<deep_fm_network<float>>(deep_fm_options{.embedding = 4, .dropout = 0.1});
}

TEST_CASE_TEMPLATE("neural::deep_fm_network follows PyTorch through three Adam steps", T, float,
                   double) {
    check_golden<deep_fm_network<T>>(
        "deep_fm", deep_fm_options{.embedding = 3, .hidden = {6, 5}, .dropout = 0});
}
