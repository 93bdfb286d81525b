// SPDX-License-Identifier: MIT
/// @file
/// Where models write their state when they are saved to a file.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/io/detail/archive_format.hpp>
#include <hybrec/io/detail/used_names.hpp>
#include <hybrec/io/safetensors.hpp>

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace hybrec {

/// Collects the state of a model; models `archive_writer`. Texts and numbers become metadata of a
/// safetensors file, matrices become tensors; nothing touches the disk before `write`.
class archive_output {
  public:
    /// @param model the `type_name()` of the model, which a reader will ask for.
    template <class = on_use>
    explicit archive_output(std::string_view model) {
        file_.add_text(detail::format_key, detail::format_name);
        file_.add_text(detail::version_key, std::to_string(detail::archive_version));
        file_.add_text(detail::model_key, model);
    }

    /// Each of these throws `archive_error` if `name` is empty, taken or not UTF-8.
    template <class = on_use>
    void write_text(std::string_view name, std::string_view value) {
        take(name);
        file_.add_text(detail::field_key(detail::text_prefix, name), value);
    }
    template <class = on_use>
    void write_integer(std::string_view name, std::int64_t value) {
        take(name);
        file_.add_text(detail::field_key(detail::integer_prefix, name), std::to_string(value));
    }
    /// The value is read back as the same double.
    template <class = on_use>
    void write_real(std::string_view name, double value) {
        take(name);
        char digits[32];
        const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
        file_.add_text(detail::field_key(detail::real_prefix, name),
                       {digits, static_cast<std::size_t>(end - digits)});
    }
    /// `values` is row-major without padding, and is copied.
    /// @throws archive_error if `shape` does not fit `values`.
    template <tensor_element T>
    void write_tensor(std::string_view name, std::span<const T> values, tensor_shape shape) {
        take(name);
        const std::array<std::uint64_t, 2> extents = {shape.rows, shape.columns};
        file_.add_tensor<T>(detail::field_key(detail::tensor_prefix, name), values, extents);
    }

    /// The file that is being made, for what is saved beside the model.
    [[nodiscard]] safetensors_writer& file() noexcept { return file_; }

    /// Writes everything, atomically: see `safetensors_writer::write`.
    template <class = on_use>
    void write(const std::filesystem::path& path) const {
        file_.write(path);
    }

  private:
    template <class = on_use>
    void take(std::string_view name) {
        if (name.empty())
            fail<archive_error>({"a field of an archive needs a name"});
        if (names_.holds(name))
            fail<archive_error>({"field \"", name, "\" is written twice"});
        names_.add(name);
    }

    safetensors_writer file_;
    detail::used_names names_;
};

} // namespace hybrec
