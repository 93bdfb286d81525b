// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/deep_fm_network.hpp>

#include "../../golden/golden_file.hpp"
#include "../neural_fixture.hpp"

#include <hybrec/io/archive.hpp>
#include <hybrec/neural/optimizer.hpp>
#include <hybrec/neural/trainer.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <type_traits>

using namespace hybrec;
using test::spread;
using namespace hybrec::test;
using neural::deep_fm_network;
using neural::field_samples;
using neural::matrix;

static_assert(neural::trainable<deep_fm_network<float>, field_samples>);

namespace {

const std::vector<std::size_t> sizes{7, 5, 3};

field_samples some_samples(std::size_t count) {
    field_samples samples{sizes};
    for (std::size_t at = 0; at < count; ++at) {
        std::vector<std::uint32_t> categories;
        for (std::size_t field = 0; field < 3; ++field)
            categories.push_back(
                static_cast<std::uint32_t>(counter_random{1, field}.below(sizes[field], at)));
        samples.add(categories, static_cast<float>(counter_random{2}.below(5, at)) / 4);
    }
    return samples;
}

std::vector<std::uint32_t> all_of(const field_samples& samples) {
    std::vector<std::uint32_t> positions;
    for (std::size_t at = 0; at < samples.size(); ++at)
        positions.push_back(static_cast<std::uint32_t>(at));
    return positions;
}

} // namespace

TEST_CASE("neural::deep_fm_network has the gradients of central differences") {
    const field_samples samples = some_samples(20);
    deep_fm_network<double> network{
        sizes, {.embedding = 4, .hidden = {6, 5}, .dropout = 0, .initial_deviation = 0.5}};
    const double loss = network.gradients(samples, all_of(samples), 0, {});
    CHECK(loss == doctest::Approx(network.mean_loss(samples, {})).epsilon(1e-12));
    network.visit([&](auto& each) {
        const matrix<double> claimed = spread(each);
        check_derivatives(each.value, claimed, [&] { return network.mean_loss(samples, {}); });
    });
}

TEST_CASE("neural::deep_fm_network has the same bits at 1, 2 and 3 threads, and learns") {
    const field_samples samples = some_samples(700);
    std::vector<matrix<float>> expected;
    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        deep_fm_network<float> network{sizes, {.embedding = 4}};
        no_progress quiet;
        const auto report = neural::train(network, neural::adam{}, samples, &samples,
                                          {.epochs = 5, .batch = 200, .learning_rate = 0.02},
                                          "deep_fm", quiet, {.pool = &pool});
        CHECK(report.validation_losses.back() < report.validation_losses.front());
        std::vector<matrix<float>> results;
        network.visit([&](const auto& each) { results.push_back(each.value); });
        if (threads == 1)
            expected = results;
        CHECK(results == expected);
    }
}

TEST_CASE_TEMPLATE("neural::deep_fm_network follows PyTorch through three Adam steps", T, float,
                   double) {
    const auto golden = read_golden("neural_torch.txt");
    const std::vector<std::string> names{"linear_0_weight",
                                         "factors_0_weight",
                                         "linear_1_weight",
                                         "factors_1_weight",
                                         "linear_2_weight",
                                         "factors_2_weight",
                                         "bias",
                                         "tower_0_weight",
                                         "tower_0_bias",
                                         "tower_2_weight",
                                         "tower_2_bias",
                                         "tower_4_weight",
                                         "tower_4_bias"};
    deep_fm_network<T> network{sizes, {.embedding = 4, .hidden = {6, 5}, .dropout = 0}};
    // PyTorch keeps the weights of its linear layers as outputs × inputs.
    const auto is_turned = [](const std::string& name) {
        return name.starts_with("tower") && name.ends_with("weight");
    };
    const auto value_of = [&](const golden_matrix& recorded, const std::string& name,
                              std::size_t row, std::size_t at) {
        return is_turned(name) ? recorded.at(at, row) : recorded.at(row, at);
    };
    const auto differs = [&](const matrix<T>& table, const std::string& prefix,
                             const std::string& name) {
        const golden_matrix& recorded = golden.at(prefix + name);
        REQUIRE(table.rows() * table.columns() == recorded.values.size());
        double worst = 0;
        for (std::size_t row = 0; row < table.rows(); ++row)
            for (std::size_t at = 0; at < table.columns(); ++at)
                worst = std::max(worst, std::abs(static_cast<double>(table(row, at)) -
                                                 value_of(recorded, name, row, at)));
        return worst;
    };
    std::size_t number = 0;
    network.visit([&](auto& each) {
        const std::string& name = names.at(number++);
        const golden_matrix& start = golden.at("deep_fm_start_" + name);
        for (std::size_t row = 0; row < each.value.rows(); ++row)
            for (std::size_t at = 0; at < each.value.columns(); ++at)
                each.value(row, at) = static_cast<T>(value_of(start, name, row, at));
    });
    REQUIRE(number == names.size());
    neural::optimizer<neural::adam, T> optimizer{neural::adam{}};
    for (const std::string step : {"0_", "1_", "2_"}) {
        CAPTURE(step);
        const golden_matrix& fields = golden.at("deep_fm_" + step + "input0");
        const golden_matrix& labels = golden.at("deep_fm_" + step + "labels");
        const golden_matrix& outputs = golden.at("deep_fm_" + step + "outputs");
        field_samples samples{sizes};
        for (std::size_t row = 0; row < fields.rows; ++row) {
            std::vector<std::uint32_t> each;
            for (std::size_t field = 0; field < 3; ++field)
                each.push_back(static_cast<std::uint32_t>(fields.at(row, field)));
            samples.add(each, static_cast<float>(labels.at(0, row)));
        }
        typename deep_fm_network<T>::workspace memory;
        network.apply(samples, all_of(samples), memory, {});
        for (std::size_t row = 0; row < fields.rows; ++row)
            CHECK(std::abs(static_cast<double>(memory.logits(row, 0)) - outputs.at(0, row)) <=
                  1e-5);
        const double loss = network.gradients(samples, all_of(samples), 0, {});
        CHECK(std::abs(loss - golden.at("deep_fm_" + step + "loss").at(0, 0)) <= 1e-6);
        number = 0;
        if (step == "0_")
            network.visit([&](const auto& each) {
                CHECK(differs(spread(each), "deep_fm_gradient_", names[number++]) <= 1e-6);
            });
        optimizer.update(network, 0.01, {});
        number = 0;
        network.visit([&](const auto& each) {
            CAPTURE(names[number]);
            CHECK(differs(each.value, "deep_fm_" + step, names[number++]) <= 1e-5);
        });
    }
}
