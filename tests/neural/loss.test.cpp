// SPDX-License-Identifier: MIT
#include <hybrec/neural/loss.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

TEST_CASE("neural losses by hand") {
    CHECK(neural::binary_cross_entropy::value(0.25, 1.0) == doctest::Approx(std::log(4.0)));
    CHECK(neural::binary_cross_entropy::value(0.25, 0.0) == doctest::Approx(-std::log(0.75)));
    CHECK(neural::binary_cross_entropy::value(0.0, 1.0) == 100);
    CHECK(std::isfinite(neural::binary_cross_entropy::slope(0.0, 1.0)));
    const double score = std::log(3.0); // σ = 0.75
    CHECK(neural::binary_cross_entropy_with_logits::value(score, 0.4) ==
          doctest::Approx(neural::binary_cross_entropy::value(0.75, 0.4)));
    CHECK(neural::binary_cross_entropy_with_logits::value(-1000.0, 1.0) == 1000);
    CHECK(neural::binary_cross_entropy_with_logits::value(1000.0, 1.0) == 0);
    CHECK(std::isnan(neural::binary_cross_entropy_with_logits::value(
        std::numeric_limits<double>::quiet_NaN(), 1.0)));
    CHECK(neural::mean_squared_error::value(3.0, 1.0) == 4);
}

TEST_CASE("neural losses have the gradients of central differences") {
    const std::vector<double> labels{0, 1, 0.3, 0.9, 0.5};
    auto scores = random_matrix<double>(5, 1, 1);
    matrix<double> gradient, ignored;
    const auto check = [&]<class Loss>(Loss) {
        neural::mean_loss<Loss>(scores, std::span{labels}, gradient);
        check_derivatives(scores, gradient, [&] {
            return neural::mean_loss<Loss>(scores, std::span{labels}, ignored);
        });
    };
    check(neural::mean_squared_error{});
    check(neural::binary_cross_entropy_with_logits{});
    for (std::size_t row = 0; row < 5; ++row)
        scores(row, 0) = 1 / (1 + std::exp(-scores(row, 0)));
    check(neural::binary_cross_entropy{});
}

TEST_CASE("neural::bpr_loss compares pairs") {
    auto positives = random_matrix<double>(5, 1, 1);
    auto negatives = random_matrix<double>(5, 1, 2);
    matrix<double> up, down, ignored, too;
    const double value = neural::bpr_loss(positives, negatives, up, down);
    double expected = 0;
    for (std::size_t row = 0; row < 5; ++row)
        expected += std::log(1 + std::exp(negatives(row, 0) - positives(row, 0))) / 5;
    CHECK(value == doctest::Approx(expected));
    const auto loss = [&] { return neural::bpr_loss(positives, negatives, ignored, too); };
    check_derivatives(positives, up, loss);
    check_derivatives(negatives, down, loss);
}

TEST_CASE("neural::sampled_softmax_loss picks the positive out of a sample") {
    auto scores = random_matrix<double>(5, 4, 1);
    const auto corrections = random_matrix<double>(5, 4, 2);
    matrix<double> gradient, ignored;
    for (const auto& expected_counts : {matrix<double>{}, corrections}) {
        const double value = neural::sampled_softmax_loss(scores, expected_counts, gradient);
        double expected = 0;
        for (std::size_t row = 0; row < 5; ++row) {
            const auto score = [&](std::size_t at) {
                return scores(row, at) - (expected_counts.size() ? expected_counts(row, at) : 0);
            };
            double total = 0;
            for (std::size_t at = 0; at < 4; ++at)
                total += std::exp(score(at));
            expected += (std::log(total) - score(0)) / 5;
        }
        CHECK(value == doctest::Approx(expected));
        check_derivatives(scores, gradient, [&] {
            return neural::sampled_softmax_loss(scores, expected_counts, ignored);
        });
    }
}

TEST_CASE("neural::binary_cross_entropy_with_logits of registers is that of single values") {
    using loss = neural::binary_cross_entropy_with_logits;
    using simd::default_arch;
    for (const float score : {-1000.0F, -30.0F, -2.0F, -1e-3F, 0.0F, 0.7F, 5.0F, 90.0F})
        for (const float label : {0.0F, 0.3F, 1.0F}) {
            CAPTURE(score);
            CAPTURE(label);
            const auto scores = simd::broadcast<float, default_arch>(score);
            const auto labels = simd::broadcast<float, default_arch>(label);
            const auto first = [](const auto& values) {
                alignas(64) float out[simd::width<float>];
                values.store_aligned(out);
                return static_cast<double>(out[0]);
            };
            CHECK(first(loss::value(scores, labels)) ==
                  doctest::Approx(static_cast<double>(loss::value(score, label))));
            CHECK(first(loss::slope(scores, labels)) ==
                  doctest::Approx(static_cast<double>(loss::slope(score, label))).epsilon(1e-6));
        }
    const auto bad = simd::broadcast<float, default_arch>(std::numeric_limits<float>::quiet_NaN());
    CHECK(std::isnan(simd::sum(loss::value(bad, bad))));
}
