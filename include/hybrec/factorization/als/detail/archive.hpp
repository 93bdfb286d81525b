// SPDX-License-Identifier: MIT
/// @file
/// Saves and loads the state of implicit ALS: options.
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

} // namespace hybrec::detail
