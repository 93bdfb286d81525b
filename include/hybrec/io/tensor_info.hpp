// SPDX-License-Identifier: MIT
/// @file
/// What a safetensors file says about a tensor: its element type, shape and place.
#pragma once

#include <hybrec/concepts/archive.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec {

/// The element types that hybrec reads and writes, by their names in the format.
enum class tensor_type : unsigned char { f32, f64, u8, u32, i64, u64 };

/// The `tensor_type` of a C++ type.
template <tensor_element T>
inline constexpr tensor_type tensor_type_of = std::same_as<T, float>           ? tensor_type::f32
                                              : std::same_as<T, double>        ? tensor_type::f64
                                              : std::same_as<T, std::uint8_t>  ? tensor_type::u8
                                              : std::same_as<T, std::uint32_t> ? tensor_type::u32
                                              : std::same_as<T, std::int64_t>  ? tensor_type::i64
                                                                               : tensor_type::u64;

/// The name of a type in the format, such as "F32".
[[nodiscard]] constexpr std::string_view tensor_type_name(tensor_type type) noexcept {
    constexpr std::string_view names[] = {"F32", "F64", "U8", "U32", "I64", "U64"};
    return names[static_cast<std::size_t>(type)];
}

/// The bytes of one element.
[[nodiscard]] constexpr std::size_t tensor_type_size(tensor_type type) noexcept {
    return type == tensor_type::u8                                ? 1
           : type == tensor_type::f32 || type == tensor_type::u32 ? 4
                                                                  : 8;
}

/// The type of that name, if hybrec knows it.
[[nodiscard]] constexpr std::optional<tensor_type>
find_tensor_type(std::string_view name) noexcept {
    for (const tensor_type type : {tensor_type::f32, tensor_type::f64, tensor_type::u8,
                                   tensor_type::u32, tensor_type::i64, tensor_type::u64})
        if (tensor_type_name(type) == name)
            return type;
    return std::nullopt;
}

/// A tensor of a safetensors file. `begin` and `end` are offsets in bytes from the start of the
/// data.
struct tensor_info {
    std::string name;
    tensor_type type = tensor_type::f32;
    std::vector<std::uint64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// How many elements a shape has; nothing if the number does not fit 64 bits.
[[nodiscard]] inline std::optional<std::uint64_t>
count_elements(std::span<const std::uint64_t> shape) noexcept {
    std::uint64_t count = 1;
    for (const std::uint64_t extent : shape) {
        if (extent != 0 && count > std::numeric_limits<std::uint64_t>::max() / extent)
            return std::nullopt;
        count *= extent;
    }
    return count;
}

/// A shape as `[2, 3]`.
[[gnu::cold]] [[nodiscard]] inline std::string show_shape(std::span<const std::uint64_t> shape) {
    std::string text = "[";
    for (const std::uint64_t extent : shape)
        text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
    return text + "]";
}

} // namespace hybrec
