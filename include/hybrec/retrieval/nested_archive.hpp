// SPDX-License-Identifier: MIT
/// @file
/// Several models in one archive.
#pragma once

#include <hybrec/concepts/archive.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace hybrec {

/// An archive within an archive: every name begins with a prefix, such as "part0.".
template <class Archive>
class nested_archive {
  public:
    nested_archive(Archive& archive, std::string prefix)
        : archive_{archive}, prefix_{std::move(prefix)} {}

    void write_text(std::string_view name, std::string_view value) {
        archive_.write_text(full(name), value);
    }
    void write_integer(std::string_view name, std::int64_t value) {
        archive_.write_integer(full(name), value);
    }
    void write_real(std::string_view name, double value) { archive_.write_real(full(name), value); }
    template <tensor_element T>
    void write_tensor(std::string_view name, std::span<const T> values, tensor_shape shape) {
        archive_.write_tensor(full(name), values, shape);
    }

    [[nodiscard]] bool has(std::string_view name) { return archive_.has(full(name)); }
    [[nodiscard]] std::string read_text(std::string_view name) {
        return archive_.read_text(full(name));
    }
    [[nodiscard]] std::int64_t read_integer(std::string_view name) {
        return archive_.read_integer(full(name));
    }
    [[nodiscard]] double read_real(std::string_view name) { return archive_.read_real(full(name)); }
    template <tensor_element T>
    [[nodiscard]] tensor<T> read_tensor(std::string_view name) {
        return archive_.template read_tensor<T>(full(name));
    }
    [[noreturn]] void refuse(std::string_view name, const std::string& reason) {
        archive_.refuse(full(name), reason);
        throw 0; // not reached: `refuse` throws
    }

  private:
    [[nodiscard]] std::string full(std::string_view name) const {
        return prefix_ + std::string{name};
    }

    Archive& archive_;
    std::string prefix_;
};

/// "part0.", "part1.", …
[[nodiscard]] inline std::string part_prefix(std::size_t part) {
    return "part" + std::to_string(part) + ".";
}

} // namespace hybrec
