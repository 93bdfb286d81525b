// SPDX-License-Identifier: MIT
/// @file
/// Options of models in archives.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/error.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hybrec {

/// Writes a number that is not negative.
void save_size(archive_writer auto& archive, std::string_view name, std::size_t value) {
    archive.write_integer(name, static_cast<std::int64_t>(value));
}

/// Reads what `save_size` wrote; refuses a negative number.
[[nodiscard]] std::size_t load_size(archive_reader auto& archive, std::string_view name) {
    const std::int64_t value = archive.read_integer(name);
    if (value < 0)
        archive.refuse(name, "expected at least 0, found " + std::to_string(value));
    return static_cast<std::size_t>(value);
}

/// `Model{options}`; refuses options outside their ranges.
template <class Model, class Options>
[[nodiscard]] Model model_with(archive_reader auto& archive, const Options& options) {
    try {
        return Model{options};
    } catch (const option_error& problem) {
        archive.refuse("options", problem.what());
        throw;
    }
}

} // namespace hybrec
