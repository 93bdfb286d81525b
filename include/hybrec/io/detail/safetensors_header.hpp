// SPDX-License-Identifier: MIT
/// @file
/// Checks the JSON header of a safetensors file and turns it into tensors and metadata.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/io/json.hpp>
#include <hybrec/io/tensor_info.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::detail {

inline constexpr std::string_view metadata_key = "__metadata__";

/// What the header says, checked: tensors in the order of their data.
struct safetensors_header {
    std::vector<tensor_info> tensors;
    std::vector<std::pair<std::string, std::string>> metadata;
};

/// Reads one header. Nothing in it is trusted: whatever it says is checked against the number of
/// bytes that are there.
template <class = on_use>
class safetensors_header_reader {
  public:
    safetensors_header_reader(std::string file, std::uint64_t data_size)
        : file_{std::move(file)}, data_size_{data_size} {}

    /// @throws archive_error naming file, tensor and reason.
    [[nodiscard]] safetensors_header read(std::string_view text) const {
        if (!text.starts_with('{'))
            refuse("the header does not start with '{'; this is not a safetensors file");
        json root;
        try {
            root = parse_json(text, file_ + ": header");
        } catch (const data_error& problem) {
            throw archive_error{problem.what()};
        }
        safetensors_header header;
        for (const json_member& member : root.as_object())
            if (member.name == metadata_key)
                header.metadata = read_metadata(member.value);
            else
                header.tensors.push_back(read_tensor(member));
        check_places(header.tensors);
        return header;
    }

  private:
    [[noreturn]] void refuse(const std::string& what) const {
        fail<archive_error>({file_, ": ", what});
    }
    [[noreturn]] void refuse(std::string_view tensor, const std::string& what) const {
        refuse("tensor \"" + std::string{tensor} + "\": " + what);
    }

    [[nodiscard]] std::vector<std::pair<std::string, std::string>>
    read_metadata(const json& value) const {
        if (!value.is_object())
            refuse(std::string{"__metadata__ is "} + value.kind_name() + "; expected an object");
        std::vector<std::pair<std::string, std::string>> metadata;
        for (const json_member& member : value.as_object()) {
            if (!member.value.is_string())
                refuse("__metadata__: \"" + member.name + "\" is " + member.value.kind_name() +
                       "; expected a text");
            metadata.emplace_back(member.name, member.value.as_string());
        }
        return metadata;
    }

    [[nodiscard]] const json& field(const json_member& tensor, std::string_view name) const {
        if (const json* found = tensor.value.find(name))
            return *found;
        refuse(tensor.name, "has no \"" + std::string{name} + "\"");
    }

    [[nodiscard]] std::vector<std::uint64_t> counts(const json_member& tensor,
                                                    std::string_view name) const {
        const json& value = field(tensor, name);
        if (!value.is_array())
            refuse(tensor.name,
                   "\"" + std::string{name} + "\" is " + value.kind_name() + "; expected an array");
        std::vector<std::uint64_t> numbers;
        for (const json& element : value.as_array()) {
            if (!element.is_integer() || element.as_integer() < 0)
                refuse(tensor.name, "\"" + std::string{name} + "\" holds " + shown(element) +
                                        "; expected integers from 0 to 9223372036854775807");
            numbers.push_back(static_cast<std::uint64_t>(element.as_integer()));
        }
        return numbers;
    }

    [[nodiscard]] static std::string shown(const json& value) {
        return value.is_number() ? dump(value) : value.kind_name();
    }

    [[nodiscard]] tensor_info read_tensor(const json_member& member) const {
        if (!member.value.is_object())
            refuse(member.name,
                   std::string{"is "} + member.value.kind_name() + "; expected an object");
        for (const json_member& part : member.value.as_object())
            if (part.name != "dtype" && part.name != "shape" && part.name != "data_offsets")
                refuse(member.name, "has an unknown field \"" + part.name + "\"");
        tensor_info tensor;
        tensor.name = member.name;
        const json& type = field(member, "dtype");
        if (!type.is_string())
            refuse(member.name,
                   std::string{"\"dtype\" is "} + type.kind_name() + "; expected a text");
        const std::optional<tensor_type> known = find_tensor_type(type.as_string());
        if (!known)
            refuse(member.name, "its element type \"" + type.as_string() +
                                    "\" is not supported; expected F32, F64, U8, U32, I64 or U64");
        tensor.type = *known;
        tensor.shape = counts(member, "shape");
        const std::vector<std::uint64_t> places = counts(member, "data_offsets");
        if (places.size() != 2)
            refuse(member.name, "\"data_offsets\" holds " + std::to_string(places.size()) +
                                    " numbers; expected 2");
        tensor.begin = places[0];
        tensor.end = places[1];
        check_size(tensor);
        return tensor;
    }

    void check_size(const tensor_info& tensor) const {
        const std::string place =
            "[" + std::to_string(tensor.begin) + ", " + std::to_string(tensor.end) + ")";
        if (tensor.begin > tensor.end || tensor.end > data_size_)
            refuse(tensor.name, "its place " + place + " is not within the " +
                                    std::to_string(data_size_) + " bytes of data");
        const std::optional<std::uint64_t> count = count_elements(as_span(tensor.shape));
        const std::uint64_t element = tensor_type_size(tensor.type);
        if (!count || *count > std::numeric_limits<std::uint64_t>::max() / element)
            refuse(tensor.name, "its shape " + show_shape(as_span(tensor.shape)) + " is too large");
        const std::uint64_t bytes = *count * element;
        if (bytes != tensor.end - tensor.begin)
            refuse(tensor.name, "its shape " + show_shape(as_span(tensor.shape)) + " of " +
                                    std::string{tensor_type_name(tensor.type)} + " needs " +
                                    std::to_string(bytes) + " bytes, but its place " + place +
                                    " has " + std::to_string(tensor.end - tensor.begin));
    }

    /// The tensors must cover the data exactly: no byte belongs to two of them, or to none.
    void check_places(std::vector<tensor_info>& tensors) const {
        std::stable_sort(
            tensors.begin(), tensors.end(), [](const tensor_info& left, const tensor_info& right) {
                return std::pair{left.begin, left.end} < std::pair{right.begin, right.end};
            });
        std::uint64_t covered = 0;
        for (const tensor_info& tensor : tensors) {
            if (tensor.begin < covered)
                refuse(tensor.name, "its data overlap those of another tensor");
            if (tensor.begin > covered)
                refuse(tensor.name, std::to_string(tensor.begin - covered) +
                                        " bytes before its data belong to no tensor");
            covered = tensor.end;
        }
        if (covered != data_size_)
            refuse("the last " + std::to_string(data_size_ - covered) +
                   " bytes belong to no tensor");
    }

    std::string file_;
    std::uint64_t data_size_;
};

} // namespace hybrec::detail
