// SPDX-License-Identifier: MIT
/// @file
/// Options in archives.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/error.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hybrec::detail {

/// Writes every field that `Options::for_each(options, visit)` names.
template <class Options>
void save_fields(archive_writer auto& archive, const Options& options) {
    Options::for_each(options, [&]<class Field>(std::string_view name, const Field& value) {
        if constexpr (std::integral<Field>)
            archive.write_integer(name, static_cast<std::int64_t>(value));
        else
            archive.write_real(name, value);
    });
}

/// Reads what `save_fields` wrote; refuses what `validate(options)` does not accept.
template <class Options>
[[nodiscard]] Options load_fields(archive_reader auto& archive) {
    Options options;
    Options::for_each(options, [&]<class Field>(std::string_view name, Field& value) {
        if constexpr (std::same_as<Field, bool>) {
            value = archive.read_integer(name) != 0;
        } else if constexpr (std::integral<Field>) {
            const std::int64_t stored = archive.read_integer(name);
            if (stored < 0 && name != "seed") // which may use all 64 bits
                archive.refuse(name, "expected at least 0, found " + std::to_string(stored));
            value = static_cast<Field>(stored);
        } else {
            value = archive.read_real(name);
        }
    });
    try {
        validate(options);
    } catch (const option_error& problem) {
        archive.refuse("options", problem.what());
    }
    return options;
}

} // namespace hybrec::detail
