// SPDX-License-Identifier: MIT
#include <hybrec/neural/feature_network.hpp>

#include "feature_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;
using namespace hybrec::test;

namespace {

/// One number per item id, and nothing else.
struct item_bias : neural::feature_network<item_bias, double, neural::no_workspace> {
    neural::embedding<double> numbers{8, 1, counter_random{1}};

    void apply(const neural::feature_batch<double>& batch, neural::matrix<double>& logits,
               neural::no_workspace&, const execution& where) const {
        logits.resize(batch.size(), 1);
        numbers.apply(batch.items.ids, logits, 0, where);
    }
    void forward(const neural::feature_batch<double>& batch, neural::matrix<double>& logits,
                 neural::no_workspace& memory, const neural::pass& pass) {
        apply(batch, logits, memory, pass.where);
    }
    void backward(const neural::feature_batch<double>& batch, const neural::matrix<double>& slopes,
                  neural::no_workspace&, const neural::pass& pass) {
        numbers.backward(batch.items.ids, slopes, 0, pass.where);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) {
        numbers.visit(visitor);
    }
};

} // namespace

TEST_CASE("neural::feature_network measures the cross-entropy and its slopes") {
    const small_world world;
    item_bias network;
    const auto positions = all_of(world.samples);
    const double loss = network.gradients(world.samples, positions, 0, {});
    double expected = 0;
    neural::matrix<double> slopes(8, 1);
    for (const std::uint32_t at : positions) {
        const auto sample = world.samples.at(at, 0);
        const auto label = static_cast<double>(sample.label);
        const double p = 1 / (1 + std::exp(-network.numbers.table()(sample.item_id, 0)));
        expected -= label * std::log(p) + (1 - label) * std::log(1 - p);
        slopes(sample.item_id, 0) += (p - label) / static_cast<double>(positions.size());
    }
    CHECK(loss == doctest::Approx(expected / static_cast<double>(positions.size())).epsilon(1e-12));
    CHECK(network.mean_loss(world.samples, {}) == doctest::Approx(loss).epsilon(1e-12));
    network.visit([&](const auto& each) {
        const auto claimed = spread(each);
        for (std::size_t row = 0; row < 8; ++row)
            CHECK(claimed(row, 0) == doctest::Approx(slopes(row, 0)).epsilon(1e-10));
    });
}
