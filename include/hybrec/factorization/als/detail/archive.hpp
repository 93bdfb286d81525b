// SPDX-License-Identifier: MIT
/// @file
/// Saves and loads the state of implicit ALS: options, factor tables, history.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/factorization/als/options.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec::detail {

void save_options(archive_writer auto& archive, const als_options& options) {
    const auto integer = [&](std::string_view name, auto value) {
        archive.write_integer(name, static_cast<std::int64_t>(value));
    };
    integer("factors", options.factors);
    archive.write_real("regularization", options.regularization);
    archive.write_real("regularization_exponent", options.regularization_exponent);
    integer("iterations", options.iterations);
    integer("seed", options.seed);
    archive.write_real("initial_scale", options.initial_scale);
    archive.write_real("tolerance", options.tolerance);
    integer("patience", options.patience);
    integer("compute_loss", options.compute_loss);
    integer("align_users", options.align_users);
    integer("keep_history", options.keep_history);
    integer("memory_budget", options.memory_budget);
}

[[nodiscard]] als_options load_options(archive_reader auto& archive) {
    const auto size = [&](std::string_view name) {
        const std::int64_t value = archive.read_integer(name);
        if (value < 0)
            archive.refuse(name, "expected at least 0, found " + std::to_string(value));
        return static_cast<std::size_t>(value);
    };
    als_options options;
    options.factors = size("factors");
    options.regularization = archive.read_real("regularization");
    options.regularization_exponent = archive.read_real("regularization_exponent");
    options.iterations = size("iterations");
    options.seed = static_cast<std::uint64_t>(archive.read_integer("seed"));
    options.initial_scale = archive.read_real("initial_scale");
    options.tolerance = archive.read_real("tolerance");
    options.patience = size("patience");
    options.compute_loss = archive.read_integer("compute_loss") != 0;
    options.align_users = archive.read_integer("align_users") != 0;
    options.keep_history = archive.read_integer("keep_history") != 0;
    options.memory_budget = size("memory_budget");
    try {
        validate(options);
    } catch (const option_error& problem) {
        archive.refuse("options", problem.what());
    }
    return options;
}

/// Without the padding, so that other programs read plain rows × factors.
template <class Index, class Value>
void save_table(archive_writer auto& archive, std::string_view name,
                const factor_table<Index, Value>& table) {
    std::vector<Value> values;
    values.reserve(table.rows() * table.factors());
    for (std::size_t row = 0; row < table.rows(); ++row)
        values.insert(values.end(), table.row(Index(row)).begin(), table.row(Index(row)).end());
    archive.write_tensor(name, std::span<const Value>{values}, {table.rows(), table.factors()});
}

template <class Index, class Value>
[[nodiscard]] factor_table<Index, Value> load_table(archive_reader auto& archive,
                                                    std::string_view name, std::size_t factors) {
    const auto stored = archive.template read_tensor<Value>(name);
    if (stored.shape.columns != factors)
        archive.refuse(name, "expected " + std::to_string(factors) + " factors, found " +
                                 std::to_string(stored.shape.columns));
    if (stored.shape.rows > max_index_count)
        archive.refuse(name, "there are too many rows");
    factor_table<Index, Value> table(stored.shape.rows, factors);
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (std::size_t factor = 0; factor < factors; ++factor) {
            const Value value = stored.values[row * factors + factor];
            if (!std::isfinite(value))
                archive.refuse(name, "row " + std::to_string(row) +
                                         " holds a value that is not "
                                         "finite");
            table.row(Index(row))[factor] = value;
        }
    return table;
}

template <class Value>
void save_history(archive_writer auto& archive,
                  const csr_matrix<user_index, item_index, Value>* history) {
    if (!history)
        return;
    std::vector<std::uint32_t> columns;
    columns.reserve(history->entry_count());
    for (const item_index item : history->columns())
        columns.push_back(item.value());
    const std::span<const std::uint64_t> offsets = history->offsets();
    archive.write_tensor("history_offsets", offsets, {offsets.size(), 1});
    archive.write_tensor("history_items", std::span<const std::uint32_t>{columns},
                         {columns.size(), 1});
    archive.write_tensor("history_weights", history->values(), {columns.size(), 1});
}

template <class Value>
[[nodiscard]] std::shared_ptr<const csr_matrix<user_index, item_index, Value>>
load_history(archive_reader auto& archive, std::size_t users, std::size_t items) {
    if (!archive.has("history_offsets"))
        return nullptr;
    auto offsets = archive.template read_tensor<std::uint64_t>("history_offsets").values;
    const auto stored = archive.template read_tensor<std::uint32_t>("history_items").values;
    auto weights = archive.template read_tensor<Value>("history_weights").values;
    if (offsets.size() != users + 1)
        archive.refuse("history_offsets", "expected " + std::to_string(users + 1) +
                                              " values, found " + std::to_string(offsets.size()));
    std::vector<item_index> columns;
    columns.reserve(stored.size());
    for (const std::uint32_t item : stored)
        columns.push_back(item_index(item));
    try {
        return std::make_shared<csr_matrix<user_index, item_index, Value>>(
            std::move(offsets), std::move(columns), std::move(weights), items);
    } catch (const error& problem) {
        archive.refuse("history_items", problem.what());
    }
    return nullptr;
}

} // namespace hybrec::detail
