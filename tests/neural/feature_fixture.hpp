// SPDX-License-Identifier: MIT
/// @file
/// Small data with features, and what every network over features and every such model is tested for.
#pragma once

#include "../golden/golden_file.hpp"
#include "neural_fixture.hpp"
#include "training_fixture.hpp"

#include <hybrec/core/weighted.hpp>
#include <hybrec/io/archive.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/feature_fields.hpp>
#include <hybrec/neural/feature_samples.hpp>
#include <hybrec/neural/optimizer.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/neural/side_description.hpp>
#include <hybrec/neural/trainer.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace hybrec::test {

/// A matrix from its values; zeros are no entries.
template <class Row, class Column>
csr_matrix<Row, Column, float> from_rows(const std::vector<std::vector<double>>& rows) {
    coo_matrix<Row, Column, float> entries;
    for (std::size_t row = 0; row < rows.size(); ++row)
        for (std::size_t column = 0; column < rows[row].size(); ++column)
            if (rows[row][column] != 0)
                entries.add(Row(row), Column(column), static_cast<float>(rows[row][column]));
    return build_csr<Row, Column, float>(
        entries, {.row_count = rows.size(), .column_count = rows.front().size()});
}

inline std::vector<std::uint32_t> all_of(const neural::feature_samples& samples) {
    std::vector<std::uint32_t> positions(samples.size());
    for (std::size_t at = 0; at < positions.size(); ++at)
        positions[at] = static_cast<std::uint32_t>(at);
    return positions;
}

/// The gradients of a table as one of all rows.
template <class T>
neural::matrix<T> spread(const neural::sparse_parameter<T>& each) {
    neural::matrix<T> all(each.value.rows(), each.value.columns());
    for (std::size_t k = 0; k < each.touched.size(); ++k)
        for (std::size_t at = 0; at < all.columns(); ++at)
            all(each.touched.rows()[k], at) = each.gradient(k, at);
    return all;
}
template <class T>
neural::matrix<T> spread(const neural::parameter<T>& each) {
    return each.gradient;
}
template <class T>
bool is_trained(const neural::sparse_parameter<T>&) {
    return true;
}
template <class T>
bool is_trained(const neural::parameter<T>& each) {
    return each.trained;
}

/// Six users (the last without entries) and seven items (likewise), with a field of users and two of
/// items; some rows have no categories.
struct small_world {
    user_items matrix = from_rows<user_index, item_index>({{1, 0, 3, 0, 2, 0, 0},
                                                           {0, 5, 0, 1, 0, 4, 0},
                                                           {2, 2, 0, 0, 5, 1, 0},
                                                           {0, 0, 4, 0, 0, 3, 0},
                                                           {5, 1, 0, 2, 0, 0, 0},
                                                           {0, 0, 0, 0, 0, 0, 0}});
    neural::feature_fields fields{
        .users = {from_rows<user_index, feature_index>(
            {{1, 0, 0}, {2, 1, 0}, {0, 0, 1}, {0, 0, 0}, {0, 1, 3}, {1, 0, 0}})},
        .items = {from_rows<item_index, feature_index>({{1, 0, 0, 1},
                                                        {0, 1, 0, 0},
                                                        {0, 0, 0, 0},
                                                        {2, 0, 1, 1},
                                                        {0, -1, 0, 1},
                                                        {1, 1, 1, 1},
                                                        {0, 1, 1, 0}}),
                  from_rows<item_index, feature_index>(
                      {{1, 0}, {0, 1}, {1, 0}, {0, 1}, {1, 0}, {0, 0}, {0, 1}})}};
    neural::side_description<user_index> users{{1, 1, 1, 1, 1, 0}, fields.users};
    neural::side_description<item_index> items{{1, 1, 1, 1, 1, 1, 0}, fields.items};
    neural::feature_samples samples{neural::rating_samples{matrix.view(), {1, 5}, 1, 9}, users,
                                    items, 0.3, 9};
};

/// All derivatives of a network's loss in training. It has no dropout.
template <class Network, class Options>
void check_network(const Options& options) {
    const small_world world;
    Network network{world.users, world.items, options};
    const auto positions = all_of(world.samples);
    const double loss = network.gradients(world.samples, positions, 3, {});
    CHECK(loss > 0);
    network.visit([&](auto& each) {
        if (is_trained(each)) {
            const neural::matrix<double> claimed = spread(each);
            check_derivatives(each.value, claimed, [&] {
                Network copy = network; // batch normalization remembers what it sees
                return copy.gradients(world.samples, positions, 3, {});
            });
        }
    });
}

/// Whether training has the same bits at 1, 2 and 3 threads, and learns.
template <class Network, class Options>
void check_network_threads(const Options& options) {
    const small_world world;
    std::vector<neural::matrix<float>> expected;
    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        Network network{world.users, world.items, options};
        no_progress quiet;
        const auto report = neural::train(network, neural::adam{}, world.samples, &world.samples,
                                          {.epochs = 10, .batch = 9, .learning_rate = 0.02},
                                          "network", quiet, {.pool = &pool});
        CHECK(report.validation_losses.back() < report.validation_losses.front());
        std::vector<neural::matrix<float>> results;
        network.visit([&](const auto& each) { results.push_back(each.value); });
        if (threads == 1)
            expected = results;
        CHECK(results == expected);
    }
}

/// The data of the recorded networks: all pairs, in the order of a matrix.
struct golden_world {
    std::map<std::string, golden_matrix> golden = read_golden("neural_torch.txt");
    neural::side_description<user_index> users{std::vector<std::uint8_t>(4, 1),
                                               {field<user_index>("feature_user_0")}};
    neural::side_description<item_index> items{
        std::vector<std::uint8_t>(5, 1),
        {field<item_index>("feature_item_0"), field<item_index>("feature_item_1")}};

    template <class Index>
    csr_matrix<Index, feature_index, float> field(const std::string& name) const {
        const golden_matrix& recorded = golden.at(name);
        std::vector<std::vector<double>> rows(recorded.rows);
        for (std::size_t row = 0; row < recorded.rows; ++row)
            for (std::size_t column = 0; column < recorded.columns; ++column)
                rows[row].push_back(recorded.at(row, column));
        return from_rows<Index, feature_index>(rows);
    }
    [[nodiscard]] user_items labels(const std::string& name) const {
        std::vector<std::vector<double>> rows(4, std::vector<double>(5));
        for (std::size_t at = 0; at < 20; ++at)
            rows[at / 5][at % 5] = golden.at(name).at(0, at);
        return from_rows<user_index, item_index>(rows);
    }
};

template <class T>
double distance(const neural::matrix<T>& table, const golden_matrix& recorded) {
    REQUIRE(table.rows() == recorded.rows);
    REQUIRE(table.columns() == recorded.columns);
    double worst = 0;
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (std::size_t at = 0; at < table.columns(); ++at)
            worst = std::max(worst,
                             std::abs(static_cast<double>(table(row, at)) - recorded.at(row, at)));
    return worst;
}

/// Follows the recorded network through Adam steps, the last without its outcome if there is one only
/// (derivatives that are 0 but for rounding, as those of a bias before a normalization or of keys
/// before a softmax, make Adam step by chance: in float that shows); `look(step, batch, memory)` sees what `apply` left.
template <class Network, class Options, class Look>
void check_golden(const std::string& name, const Options& options,
                  const std::vector<std::string>& steps, Look&& look) {
    using T = typename Network::value_type;
    const golden_world world;
    Network network{world.users, world.items, options};
    std::size_t number = 0;
    network.visit([&](auto& each) {
        const golden_matrix& start = world.golden.at(name + "_start_" + std::to_string(number++));
        REQUIRE(each.value.rows() == start.rows);
        REQUIRE(each.value.columns() == start.columns);
        for (std::size_t row = 0; row < start.rows; ++row)
            for (std::size_t at = 0; at < start.columns; ++at)
                each.value(row, at) = static_cast<T>(start.at(row, at));
    });
    CHECK(!world.golden.contains(name + "_start_" + std::to_string(number)));
    neural::optimizer<neural::adam, T> optimizer{neural::adam{}};
    for (const std::string& step : steps) {
        const std::string at = name + "_" + step + "_";
        CAPTURE(at);
        const user_items labels = world.labels(at + "labels");
        const neural::feature_samples samples{neural::rating_samples{labels.view(), {0, 1}},
                                              world.users, world.items};
        const auto positions = all_of(samples);
        neural::feature_batch<T> batch;
        typename Network::workspace memory;
        neural::matrix<T> logits;
        batch.read(samples, positions, 0, {});
        network.apply(batch, logits, memory, {});
        for (std::size_t row = 0; row < 20; ++row)
            CHECK(std::abs(static_cast<double>(logits(row, 0)) -
                           world.golden.at(at + "outputs").at(0, row)) <= 1e-5);
        look(world.golden, at, memory);
        const double loss = network.gradients(samples, positions, 0, {});
        CHECK(std::abs(loss - world.golden.at(at + "loss").at(0, 0)) <= 1e-6);
        if (step == "0") {
            number = 0;
            network.visit([&](const auto& each) {
                const std::string gradient = name + "_gradient_" + std::to_string(number++);
                CAPTURE(gradient);
                REQUIRE(world.golden.contains(gradient) == is_trained(each));
                if (is_trained(each))
                    CHECK(distance(spread(each), world.golden.at(gradient)) <= 1e-6);
            });
        }
        if (steps.size() == 1)
            return;
        optimizer.update(network, 0.01, {});
        number = 0;
        network.visit([&](const auto& each) {
            CAPTURE(number);
            CHECK(distance(each.value, world.golden.at(at + std::to_string(number++))) <= 1e-5);
        });
    }
}
template <class Network, class Options>
void check_golden(const std::string& name, const Options& options) {
    check_golden<Network>(name, options, {"0", "1", "2"}, [](const auto&...) {});
}

} // namespace hybrec::test
