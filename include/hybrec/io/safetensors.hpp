// SPDX-License-Identifier: MIT
/// @file
/// Reads and writes files in the safetensors format: a JSON header, then raw tensors.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/joined.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/io/detail/atomic_file.hpp>
#include <hybrec/io/detail/checksum.hpp>
#include <hybrec/io/detail/input_file.hpp>
#include <hybrec/io/detail/safetensors_header.hpp>
#include <hybrec/io/detail/used_names.hpp>
#include <hybrec/io/json.hpp>
#include <hybrec/io/tensor_info.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec {

static_assert(std::endian::native == std::endian::little,
              "safetensors files are little-endian; this machine would need byte swapping");

/// The metadata key of the checksum that `safetensors_writer` stores.
inline constexpr std::string_view checksum_key = "hybrec.checksum";

/// Collects tensors and texts, and writes them as one file.
///
/// Tensors are copied when they are added. In the file they follow one another by falling element
/// size, so that each is aligned to its elements; the data start at a multiple of 64 bytes.
class safetensors_writer {
  public:
    /// Adds a metadata text. @throws archive_error for a name that is taken or not UTF-8.
    template <class = on_use>
    void add_text(std::string_view name, std::string_view value) {
        if (text_names_.holds(name))
            fail<archive_error>({"metadata \"", name, "\" is written twice"});
        if (name == checksum_key)
            fail<archive_error>({"metadata \"", name, "\" is the writer's own"});
        if (!detail::valid_utf8(name) || !detail::valid_utf8(value))
            fail<archive_error>({"metadata \"", name, "\" is not valid UTF-8"});
        text_names_.add(name);
        texts_ += ',';
        detail::append_json_string(texts_, name);
        texts_ += ':';
        detail::append_json_string(texts_, value);
    }

    /// Adds a tensor, row-major.
    /// @throws archive_error for a name that is empty, reserved, taken or not UTF-8, and for a
    ///         shape whose product is not `values.size()`.
    template <tensor_element T>
    void add_tensor(std::string_view name, std::span<const T> values,
                    std::span<const std::uint64_t> shape) {
        add_bytes({std::string{name}, tensor_type_of<T>, {shape.begin(), shape.end()}, 0, 0},
                  std::as_bytes(values));
    }

    /// Writes the file: to a temporary beside it first, which then takes its place. After a failure
    /// an existing file is as it was and no temporary remains.
    ///
    /// Stores a checksum of everything in the metadata, under `checksum_key`.
    /// @throws archive_error naming the path and the reason.
    template <class = on_use>
    void write(const std::filesystem::path& path) const {
        aligned_vector<std::size_t> order;
        for (const std::size_t size : {8U, 4U, 1U}) // the widest first, so that all are aligned
            for (std::size_t at = 0; at < tensors_.size(); ++at)
                if (tensor_type_size(tensors_[at].info.type) == size)
                    order.push_back(at);
        std::string header = make_header(order);
        if (header.size() > header_limit)
            fail<archive_error>({path.native(), ": the header would have ", header.size(),
                                 " bytes; at most ", header_limit, " are allowed"});
        detail::checksum sum;
        sum.add(std::as_bytes(as_span(header)));
        for (const std::size_t at : order)
            sum.add(as_span(tensors_[at].bytes));
        header.replace(header.find(unknown_checksum), unknown_checksum.size(),
                       detail::hexadecimal(sum.value()));

        const std::uint64_t length = header.size();
        detail::atomic_file file{path};
        file.write(std::as_bytes(span_of_one(length)));
        file.write(std::as_bytes(as_span(header)));
        for (const std::size_t at : order)
            file.write(as_span(tensors_[at].bytes));
        file.commit();
    }

    /// The longest header that the format allows.
    static constexpr std::uint64_t header_limit = 100'000'000;

    /// Stands for the checksum while it is computed.
    static constexpr std::string_view unknown_checksum = "0000000000000000";

  private:
    struct entry {
        tensor_info info;
        bulk_vector<std::byte> bytes;
    };

    template <class = on_use>
    void add_bytes(tensor_info info, std::span<const std::byte> bytes) {
        if (info.name.empty() || info.name == detail::metadata_key ||
            !detail::valid_utf8(info.name))
            fail<archive_error>({"\"", info.name, "\" cannot be the name of a tensor"});
        for (const entry& taken : tensors_)
            if (taken.info.name == info.name)
                fail<archive_error>({"tensor \"", info.name, "\" is written twice"});
        const std::size_t count = bytes.size() / tensor_type_size(info.type);
        if (count_elements(as_span(info.shape)) != count)
            fail<archive_error>({"tensor \"", info.name, "\": its shape ",
                                 show_shape(as_span(info.shape)), " does not fit its ", count,
                                 " values"});
        const std::byte* const first = bytes.data();
        tensors_.push_back({std::move(info), {first, first + bytes.size()}});
    }

    template <class = on_use>
    [[gnu::cold]] [[nodiscard]] std::string
    make_header(const aligned_vector<std::size_t>& order) const {
        // Put together as text: a tree of `json` values costs every program that saves a quarter of a
        // second of compiling. The checksum is first, so that the first run of zeros is its place.
        std::string text = "{";
        detail::append_json_string(text, detail::metadata_key);
        text += ":{";
        detail::append_json_string(text, checksum_key);
        text += ':';
        detail::append_json_string(text, unknown_checksum);
        text += texts_;
        text += '}';
        std::uint64_t begin = 0;
        for (const std::size_t at : order) {
            const auto& [info, bytes] = tensors_[at];
            const std::uint64_t end = begin + bytes.size();
            text += ',';
            detail::append_json_string(text, info.name);
            text += ":{\"dtype\":\"";
            text += tensor_type_name(info.type);
            text += "\",\"shape\":[";
            for (std::size_t axis = 0; axis < info.shape.size(); ++axis) {
                text += axis == 0 ? "" : ",";
                text += std::to_string(info.shape[axis]);
            }
            text += joined(
                {"],\"data_offsets\":[", std::to_string(begin), ",", std::to_string(end), "]}"});
            begin = end;
        }
        text += '}';
        constexpr std::size_t alignment = 64;
        const std::size_t prefix = sizeof(std::uint64_t);
        text.append((alignment - (prefix + text.size()) % alignment) % alignment, ' ');
        return text;
    }

    detail::used_names text_names_;
    std::string texts_; ///< as the header has them, each behind a comma
    std::vector<entry> tensors_;
};

/// An open safetensors file whose header has been read and checked in every respect: length, JSON,
/// types, shapes, and that the tensors cover the data exactly.
///
/// Tensors are read from the disk when they are asked for. Const calls are thread-safe.
class safetensors_file {
  public:
    /// @throws archive_error naming file, tensor and reason.
    template <class = on_use>
    explicit safetensors_file(std::filesystem::path path) : file_{std::move(path)} {
        std::uint64_t length = 0;
        if (file_.size() < sizeof length)
            refuse("has " + std::to_string(file_.size()) +
                   " bytes; a safetensors file has at least 8");
        file_.read(0, std::as_writable_bytes(span_of_one(length)));
        const std::uint64_t most =
            std::min<std::uint64_t>(file_.size() - sizeof length, safetensors_writer::header_limit);
        if (length > most)
            refuse("its header claims " + std::to_string(length) + " bytes; expected at most " +
                   std::to_string(most) + ". The file is cut short or not a safetensors file");
        try {
            header_text_.resize(length);
            file_.read(sizeof length, std::as_writable_bytes(as_writable_span(header_text_)));
            data_begin_ = sizeof length + length;
            header_ = detail::safetensors_header_reader<>{file_.path().string(),
                                                          file_.size() - data_begin_}
                          .read(header_text_);
        } catch (const std::bad_alloc&) {
            refuse("there is not enough memory to read its header of " + std::to_string(length) +
                   " bytes");
        }
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return file_.path(); }
    /// All tensors, in the order of their data.
    template <class = on_use>
    [[nodiscard]] std::span<const tensor_info> tensors() const noexcept {
        return as_span(header_.tensors);
    }
    /// All metadata, in the order of the file.
    template <class = on_use>
    [[nodiscard]] std::span<const std::pair<std::string, std::string>> metadata() const noexcept {
        return as_span(header_.metadata);
    }

    /// The metadata text called `name`; null if there is none.
    [[nodiscard]] const std::string* find_text(std::string_view name) const noexcept {
        for (const auto& [key, value] : header_.metadata)
            if (key == name)
                return &value;
        return nullptr;
    }
    /// The tensor called `name`; null if there is none.
    [[nodiscard]] const tensor_info* find_tensor(std::string_view name) const noexcept {
        for (const tensor_info& tensor : header_.tensors)
            if (tensor.name == name)
                return &tensor;
        return nullptr;
    }

    /// The elements of a tensor, row-major.
    /// @throws archive_error if its type is not `T`, naming both, or if it cannot be read.
    template <tensor_element T>
    [[nodiscard]] std::vector<T> read(const tensor_info& tensor) const {
        if (tensor.type != tensor_type_of<T>)
            refuse("tensor \"" + tensor.name + "\" holds " +
                   std::string{tensor_type_name(tensor.type)} + "; expected " +
                   std::string{tensor_type_name(tensor_type_of<T>)});
        try {
            std::vector<T> values((tensor.end - tensor.begin) / sizeof(T));
            file_.read(data_begin_ + tensor.begin,
                       std::as_writable_bytes(as_writable_span(values)));
            return values;
        } catch (const std::bad_alloc&) {
            refuse("tensor \"" + tensor.name + "\": there is not enough memory for its " +
                   std::to_string(tensor.end - tensor.begin) + " bytes");
        }
    }

    /// Compares the stored checksum with the content: a file with any flipped bit is refused.
    /// Reads the whole file once.
    /// @throws archive_error if they differ or the file has no checksum.
    template <class = on_use>
    void verify_checksum() const {
        const std::string* stored = find_text(checksum_key);
        if (!stored)
            refuse("has no \"" + std::string{checksum_key} + "\" in its metadata");
        // The writer's form is required: the digits must be findable in the raw header.
        const std::string digits = "\"" + std::string{checksum_key} + "\":\"" + *stored + "\"";
        const std::size_t place = header_text_.find(digits);
        if (place == header_text_.npos ||
            stored->size() != safetensors_writer::unknown_checksum.size())
            refuse("its checksum does not have the form that hybrec writes");
        std::string header = header_text_;
        header.replace(place + digits.size() - 1 - stored->size(), stored->size(),
                       safetensors_writer::unknown_checksum);
        detail::checksum sum;
        sum.add(std::as_bytes(as_span(header)));
        bulk_vector<std::byte> part(std::size_t{1} << 20);
        for (std::uint64_t at = data_begin_; at < file_.size();) {
            const auto bytes = as_writable_span(part).first(
                std::min<std::uint64_t>(part.size(), file_.size() - at));
            file_.read(at, bytes);
            sum.add(bytes);
            at += bytes.size();
        }
        const std::string actual = detail::hexadecimal(sum.value());
        if (actual != *stored)
            refuse("is damaged: its content has the checksum " + actual + ", but " + *stored +
                   " was stored. If another program rewrote it, save it again with hybrec");
    }

    /// Throws an `archive_error` that names the file.
    [[noreturn]] void refuse(const std::string& what) const {
        fail<archive_error>({path().string(), ": ", what});
    }

  private:
    detail::input_file file_;
    std::string header_text_;
    std::uint64_t data_begin_ = 0;
    detail::safetensors_header header_;
};

} // namespace hybrec
