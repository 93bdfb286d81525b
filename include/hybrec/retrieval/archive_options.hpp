// SPDX-License-Identifier: MIT
/// @file
/// Options and counts in archives.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

namespace hybrec {

/// Writes a number of rows.
void save_count(archive_writer auto& archive, std::string_view name, std::size_t value) {
    archive.write_integer(name, static_cast<std::int64_t>(value));
}
/// Reads what `save_count` wrote; refuses what indices cannot count.
[[nodiscard]] std::size_t load_count(archive_reader auto& archive, std::string_view name) {
    const std::int64_t count = archive.read_integer(name);
    if (count < 0 || static_cast<std::uint64_t>(count) > max_index_count)
        archive.refuse(name, "expected a number of " + std::string{name} + ", found " +
                                 std::to_string(count));
    return static_cast<std::size_t>(count);
}

/// Writes a size that counts no rows.
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

/// Writes every field that `Options::for_each(options, visit)` names by `visit(name, field)`.
template <class Options>
void save_options(archive_writer auto& archive, const Options& options) {
    Options::for_each(options, [&]<class Field>(std::string_view name, const Field& value) {
        if constexpr (std::floating_point<Field>)
            archive.write_real(name, value);
        else
            archive.write_integer(name, static_cast<std::int64_t>(value));
    });
}

/// Reads what `save_options` wrote. The model that takes them checks them: see `model_with`.
template <class Options>
[[nodiscard]] Options load_options(archive_reader auto& archive) {
    Options options;
    Options::for_each(options, [&]<class Field>(std::string_view name, Field& value) {
        if constexpr (std::floating_point<Field>) {
            value = archive.read_real(name);
        } else {
            const std::int64_t stored = archive.read_integer(name);
            if (stored < 0 && name != "seed") // which may use all 64 bits
                archive.refuse(name, "expected at least 0, found " + std::to_string(stored));
            if constexpr (std::same_as<Field, bool>)
                value = stored != 0;
            else
                value = static_cast<Field>(stored);
        }
    });
    return options;
}

/// `Model{options, policies…}`; refuses options outside their ranges.
template <class Model, class Options, class... Policies>
[[nodiscard]] Model model_with(archive_reader auto& archive, const Options& options,
                               const Policies&... policies) {
    try {
        return Model{options, policies...};
    } catch (const option_error& problem) {
        archive.refuse("options", problem.what());
        throw;
    }
}

} // namespace hybrec
