// SPDX-License-Identifier: MIT
/// @file
/// Concepts of archives, and of models that can be saved to one and loaded from it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec {

/// The element types of tensors in an archive.
template <class T>
concept tensor_element = std::same_as<T, float> || std::same_as<T, double> ||
    std::same_as<T, std::uint8_t> || std::same_as<T, std::uint32_t> ||
    std::same_as<T, std::int64_t> || std::same_as<T, std::uint64_t>;

/// The number of rows and columns of a matrix in an archive.
struct tensor_shape {
    std::size_t rows = 0;
    std::size_t columns = 0;
};

/// A matrix read from an archive: row-major, without padding.
template <tensor_element T>
struct tensor {
    tensor_shape shape;
    std::vector<T> values;
};

/// Where a model writes its state: named numbers, texts and matrices. Names are unique in an
/// archive; a later write under the same name is an error.
template <class Writer>
concept archive_writer = requires(Writer& writer, std::string_view name,
                                  std::span<const float> values) {
    writer.write_text(name, std::string_view{});
    writer.write_integer(name, std::int64_t{});
    writer.write_real(name, double{});
    writer.write_tensor(name, values, tensor_shape{});
};

/// Where a model reads its state back. Everything that is missing or of another type is refused
/// with an `archive_error` that names file and field.
template <class Reader>
concept archive_reader = requires(Reader& reader, std::string_view name) {
    { reader.has(name) } -> std::same_as<bool>;
    { reader.read_text(name) } -> std::same_as<std::string>;
    { reader.read_integer(name) } -> std::same_as<std::int64_t>;
    { reader.read_real(name) } -> std::same_as<double>;
    { reader.template read_tensor<float>(name) } -> std::same_as<tensor<float>>;
    reader.refuse(name, std::string{}); // throws archive_error naming file, field and reason
};

namespace archetype {

/// The least that an archive offers; used to state requirements on models.
struct archive {
    void write_text(std::string_view, std::string_view);
    void write_integer(std::string_view, std::int64_t);
    void write_real(std::string_view, double);
    template <tensor_element T>
    void write_tensor(std::string_view, std::span<const T>, tensor_shape);
    [[nodiscard]] bool has(std::string_view);
    [[nodiscard]] std::string read_text(std::string_view);
    [[nodiscard]] std::int64_t read_integer(std::string_view);
    [[nodiscard]] double read_real(std::string_view);
    template <tensor_element T>
    [[nodiscard]] tensor<T> read_tensor(std::string_view);
    [[noreturn]] void refuse(std::string_view, const std::string&);
};

/// Stands for what is called with the parts of a model.
struct part_visitor {
    template <class Part>
    void operator()(Part&) const;
};

} // namespace archetype

/// Can be saved and loaded: `type_name()` names the model and its policies in the file,
/// `save(writer)` writes the whole trained state, `load(reader)` gives an equal model back.
template <class Model>
concept archivable = requires(const Model& model, archetype::archive& archive) {
    { Model::type_name() } -> std::convertible_to<std::string>;
    model.save(archive);
    { Model::load(archive) } -> std::same_as<Model>;
};

/// Is made of parts that were trained or learned, beside what is code (gates, rules, how rerankers choose):
/// `visit_parts(model, visitor)` calls `visitor(part)` with each part, in an order that depends on the type
/// alone; parts are const if the model is. See `save_parts`.
template <class Model>
concept made_of_parts = requires(Model& model, const Model& saved) {
    Model::visit_parts(model, archetype::part_visitor{});
    Model::visit_parts(saved, archetype::part_visitor{});
};

} // namespace hybrec
