// SPDX-License-Identifier: MIT
/// @file
/// The matrix that a benchmark's `--shape` names: an invented one, or real data.
#pragma once

#include "shapes.hpp"

#include <hybrec/core/error.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/read_dataset.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>

namespace hybrec::benchmarks {

/// `name` is a shape (`ml1m`, `ml20m`), the path of a data set or ratings file, or the name of a
/// folder below that which the environment variable HYBREC_DATA names (`gowalla`).
/// @throws option_error naming what was tried, data_error.
[[nodiscard]] inline user_items load_matrix(const std::string& name, const execution& where = {}) {
    if (const shape* invented = find_shape(name))
        return make_shape(*invented, where);
    std::filesystem::path path = name;
    const char* data = std::getenv("HYBREC_DATA");
    if (!std::filesystem::exists(path) && data != nullptr)
        path = std::filesystem::path{data} / name;
    if (!std::filesystem::exists(path)) {
        std::string message = "--shape is \"" + name + "\"; expected";
        for (const shape& known : known_shapes)
            message += " " + std::string{known.name} + ",";
        throw option_error{message + " a data set's path, or its name below HYBREC_DATA" +
                           (data == nullptr ? " (which is not set)" : "")};
    }
    return std::move(read_dataset(path).log.matrix);
}

} // namespace hybrec::benchmarks
