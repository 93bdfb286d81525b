// SPDX-License-Identifier: MIT
/// @file
/// Where models read their state when they are loaded from a file.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/io/detail/archive_format.hpp>
#include <hybrec/io/detail/used_names.hpp>
#include <hybrec/io/safetensors.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace hybrec {

/// Gives the state of a model back; models `archive_reader`. Opening checks the whole file:
/// structure, version and checksum. Every refusal is an `archive_error` that names file and field.
class archive_input {
  public:
    /// @throws archive_error if the file cannot be read, is damaged, was not written by hybrec, or
    ///         was written by a newer hybrec.
    template <class = on_use>
    explicit archive_input(std::filesystem::path path) : file_{std::move(path)} {
        const std::string* format = file_.find_text(detail::format_key);
        const std::string* version = file_.find_text(detail::version_key);
        const std::string* model = file_.find_text(detail::model_key);
        if (!format || *format != detail::format_name || !version || !model)
            file_.refuse("was not written by hybrec: its metadata lack format \"hybrec\", "
                         "\"hybrec.version\" or \"hybrec.model\"");
        const auto number = parse<std::int64_t>(*version);
        if (number && *number > detail::archive_version)
            file_.refuse("has version " + *version +
                         ", written by a newer hybrec; this one reads "
                         "up to version " +
                         std::to_string(detail::archive_version));
        if (!number || *number < 1)
            file_.refuse("has the version \"" + *version + "\"; expected a number from 1 to " +
                         std::to_string(detail::archive_version));
        file_.verify_checksum();
        model_ = *model;
    }

    /// The `type_name()` of the model that was saved.
    [[nodiscard]] const std::string& model() const noexcept { return model_; }
    [[nodiscard]] const safetensors_file& file() const noexcept { return file_; }

    /// Whether there is a field of that name, of whatever kind.
    [[nodiscard]] bool has(std::string_view name) const {
        return file_.find_text(detail::field_key(detail::text_prefix, name)) ||
               file_.find_text(detail::field_key(detail::integer_prefix, name)) ||
               file_.find_text(detail::field_key(detail::real_prefix, name)) ||
               file_.find_tensor(detail::field_key(detail::tensor_prefix, name));
    }

    [[nodiscard]] std::string read_text(std::string_view name) {
        return field(detail::text_prefix, name, "a text");
    }
    template <class = on_use>
    [[nodiscard]] std::int64_t read_integer(std::string_view name) {
        const std::string& text = field(detail::integer_prefix, name, "an integer");
        if (const auto value = parse<std::int64_t>(text))
            return *value;
        refuse(name, "\"" + text + "\" is not an integer of 64 bits");
    }
    template <class = on_use>
    [[nodiscard]] double read_real(std::string_view name) {
        const std::string& text = field(detail::real_prefix, name, "a real number");
        if (const auto value = parse<double>(text))
            return *value;
        refuse(name, "\"" + text + "\" is not a real number");
    }

    /// A vector is read as a matrix of one column.
    template <tensor_element T>
    [[nodiscard]] tensor<T> read_tensor(std::string_view name) {
        std::string key = detail::field_key(detail::tensor_prefix, name);
        const tensor_info* info = file_.find_tensor(key);
        if (!info)
            refuse_missing(name, "a matrix");
        if (info->shape.empty() || info->shape.size() > 2)
            refuse(name, "its shape is " + show_shape(as_span(info->shape)) +
                             "; expected rows and columns");
        read_.add(key);
        tensor<T> result;
        result.shape = {info->shape[0], info->shape.size() == 2 ? info->shape[1] : 1};
        result.values = file_.read<T>(*info);
        return result;
    }

    /// Throws an `archive_error` naming the file, the field and the reason.
    [[noreturn]] void refuse(std::string_view name, const std::string& reason) const {
        file_.refuse("field \"" + std::string{name} + "\": " + reason);
    }

    /// Marks a tensor that is not part of the model as known.
    template <class = on_use>
    void mark_read(std::string_view tensor) {
        read_.add(tensor);
    }

    /// Refuses a file that holds more than was read: its reader would ignore something that its
    /// writer found necessary.
    template <class = on_use>
    void refuse_unread() const {
        for (const auto& [key, value] : file_.metadata())
            if (key != detail::format_key && key != detail::version_key &&
                key != detail::model_key && key != checksum_key && !read_.holds(key))
                file_.refuse("holds metadata \"" + key + "\", which the model does not read");
        for (const tensor_info& tensor : file_.tensors())
            if (!read_.holds(tensor.name))
                file_.refuse("holds the tensor \"" + tensor.name +
                             "\", which the model does not read");
    }

  private:
    template <class Number>
    [[nodiscard]] static std::optional<Number> parse(std::string_view text) {
        Number value{};
        const auto end = text.data() + text.size();
        const auto [stop, problem] = std::from_chars(text.data(), end, value);
        if (problem != std::errc{} || stop != end)
            return std::nullopt;
        return value;
    }

    [[noreturn]] void refuse_missing(std::string_view name, const char* expected) const {
        refuse(name, has(name) ? std::string{"is of another kind; expected "} + expected
                               : std::string{"is missing; expected "} + expected);
    }

    [[nodiscard]] const std::string& field(std::string_view prefix, std::string_view name,
                                           const char* expected) {
        std::string key = detail::field_key(prefix, name);
        const std::string* value = file_.find_text(key);
        if (!value)
            refuse_missing(name, expected);
        read_.add(key);
        return *value;
    }

    safetensors_file file_;
    std::string model_;
    detail::used_names read_;
};

} // namespace hybrec
