// SPDX-License-Identifier: MIT
/// @file
/// The whole state of a training, from which it can go on.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/training.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hybrec::neural {

/// Writes a table without its padding.
template <class T>
void save_matrix(archive_writer auto& archive, std::string_view name, const matrix<T>& table) {
    std::vector<T> values;
    values.reserve(table.rows() * table.columns());
    for (std::size_t row = 0; row < table.rows(); ++row)
        values.insert(values.end(), table.row(row), table.row(row) + table.columns());
    archive.write_tensor(name, std::span<const T>{values}, {table.rows(), table.columns()});
}

/// Fills a table with what `save_matrix` wrote; refuses another shape.
template <class T>
void load_matrix(archive_reader auto& archive, std::string_view name, matrix<T>& table) {
    const auto stored = archive.template read_tensor<T>(name);
    if (stored.shape.rows != table.rows() || stored.shape.columns != table.columns())
        archive.refuse(name, "expected " + std::to_string(table.rows()) + " × " +
                                 std::to_string(table.columns()) + " values, found " +
                                 std::to_string(stored.shape.rows) + " × " +
                                 std::to_string(stored.shape.columns));
    for (std::size_t row = 0; row < table.rows(); ++row)
        std::copy_n(stored.values.data() + row * table.columns(), table.columns(), table.row(row));
}

/// Calls `body(value)` for the tables of all parameters, in their order.
template <class Network, class Body>
void for_each_value(Network& network, Body&& body) {
    network.visit([&](auto& each) { body(each.value); });
}

/// A network in training: its weights and those of the best epoch, the state of the optimizer, and
/// the story so far. Epochs draw from counters, so their number is all that randomness needs.
template <class Network, class Optimizer>
struct training_state {
    using value_type = typename Network::value_type;

    Network& network;
    Optimizer optimizer;
    training_report report{};
    std::vector<matrix<value_type>> best{}; ///< weights of `report.best_epoch`; empty before it

    /// @param fingerprint of data and options; `load` refuses another
    void save(archive_writer auto& archive, std::uint64_t fingerprint) const {
        archive.write_integer("fingerprint", static_cast<std::int64_t>(fingerprint));
        archive.write_integer("epochs", static_cast<std::int64_t>(report.epochs));
        archive.write_integer("best_epoch", static_cast<std::int64_t>(report.best_epoch));
        archive.write_integer("steps", static_cast<std::int64_t>(optimizer.steps()));
        save_list(archive, "losses", report.losses);
        save_list(archive, "validation_losses", report.validation_losses);
        save_list(archive, "learning_rates", report.learning_rates);
        std::size_t number = 0;
        for_each_value(network, [&](const auto& value) {
            save_matrix(archive, "parameter_" + std::to_string(number++), value);
        });
        number = 0;
        optimizer.visit_state([&](const auto& table) {
            if (table.size() != 0)
                save_matrix(archive, "optimizer_" + std::to_string(number++), table);
        });
        for (std::size_t at = 0; at < best.size(); ++at)
            save_matrix(archive, "best_" + std::to_string(at), best[at]);
    }

    void load(archive_reader auto& archive, std::uint64_t fingerprint) {
        if (archive.read_integer("fingerprint") != static_cast<std::int64_t>(fingerprint))
            archive.refuse("fingerprint", "it is of a training with other data or other options; "
                                          "expected the same, to go on");
        report.epochs = static_cast<std::size_t>(archive.read_integer("epochs"));
        report.best_epoch = static_cast<std::size_t>(archive.read_integer("best_epoch"));
        report.losses = load_list(archive, "losses");
        report.validation_losses = load_list(archive, "validation_losses");
        report.learning_rates = load_list(archive, "learning_rates");
        if (report.losses.size() != report.epochs ||
            report.learning_rates.size() != report.epochs || report.best_epoch > report.epochs)
            archive.refuse("epochs", "it does not fit the losses");
        std::size_t number = 0;
        for_each_value(network, [&](auto& value) {
            load_matrix(archive, "parameter_" + std::to_string(number++), value);
        });
        const std::size_t tables = number;
        number = 0;
        optimizer.restore(
            static_cast<std::uint64_t>(archive.read_integer("steps")), network, [&](auto& table) {
                if (table.size() != 0)
                    load_matrix(archive, "optimizer_" + std::to_string(number++), table);
            });
        best.clear();
        if (report.validation_losses.empty())
            return;
        for_each_value(network, [&](auto& value) { best.emplace_back(value); });
        for (std::size_t at = 0; at < tables; ++at)
            load_matrix(archive, "best_" + std::to_string(at), best[at]);
    }

    /// Remembers the weights of now.
    void keep() {
        std::size_t number = 0;
        for_each_value(network, [&](const auto& value) {
            if (number == best.size())
                best.emplace_back(value);
            else
                best[number] = value;
            ++number;
        });
    }
    /// Goes back to the weights of the best epoch, if there is one.
    void restore_best() {
        std::size_t number = 0;
        if (!best.empty())
            for_each_value(network, [&](auto& value) { value = best[number++]; });
    }

  private:
    static void save_list(archive_writer auto& archive, std::string_view name,
                          const std::vector<double>& values) {
        archive.write_tensor(name, as_span(values), {values.size(), 1});
    }
    [[nodiscard]] static std::vector<double> load_list(archive_reader auto& archive,
                                                       std::string_view name) {
        return archive.template read_tensor<double>(name).values;
    }
};

} // namespace hybrec::neural
