// SPDX-License-Identifier: MIT
/// @file
/// The names that hybrec's archives use inside a safetensors file.
#pragma once

#include <hybrec/core/joined.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace hybrec::detail {

inline constexpr std::string_view format_key = "format";
inline constexpr std::string_view format_name = "hybrec";
inline constexpr std::string_view version_key = "hybrec.version";
inline constexpr std::string_view model_key = "hybrec.model";

/// Raised when an older reader would misunderstand the file.
inline constexpr std::int64_t archive_version = 1;

// The kind of a field is part of its key, so that a field is never read as another kind.
inline constexpr std::string_view text_prefix = "model.text.";
inline constexpr std::string_view integer_prefix = "model.integer.";
inline constexpr std::string_view real_prefix = "model.real.";
inline constexpr std::string_view tensor_prefix = "model.";

[[nodiscard]] inline std::string field_key(std::string_view prefix, std::string_view name) {
    return joined({prefix, name});
}

/// The tensors of the id map of `side`, which is "users" or "items": integer ids are one tensor;
/// text ids are their bytes and where each ends.
[[nodiscard]] inline std::string integer_ids_key(std::string_view side) {
    return std::string{side} + ".ids";
}
[[nodiscard]] inline std::string text_bytes_key(std::string_view side) {
    return std::string{side} + ".text";
}
[[nodiscard]] inline std::string text_ends_key(std::string_view side) {
    return std::string{side} + ".ends";
}

} // namespace hybrec::detail
