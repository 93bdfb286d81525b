// SPDX-License-Identifier: MIT
/// @file
/// Sparse matrices in archives.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/joined.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec {

/// Writes a matrix as the tensors `name`_offsets, `name`_columns and `name`_values.
template <class Row, class Column, class Value>
[[gnu::cold]] void save_csr(archive_writer auto& archive, const std::string& name,
                            const csr_matrix<Row, Column, Value>& matrix) {
    aligned_vector<std::uint32_t> columns;
    columns.reserve(matrix.entry_count());
    for (const Column column : matrix.columns())
        columns.push_back(column.value());
    const std::span<const std::uint64_t> offsets = matrix.offsets();
    archive.write_tensor(joined({name, "_offsets"}), offsets, {offsets.size(), 1});
    archive.write_tensor(joined({name, "_columns"}), as_span(columns), {columns.size(), 1});
    archive.write_tensor(joined({name, "_values"}), matrix.values(), {columns.size(), 1});
}

/// Whether the archive holds a matrix of that name.
[[nodiscard]] bool has_csr(archive_reader auto& archive, const std::string& name) {
    return archive.has(name + "_offsets");
}

/// Reads what `save_csr` wrote; refuses a matrix of another shape, or one that breaks the invariants
/// of `csr_matrix`.
template <class Row, class Column, class Value>
[[nodiscard]] csr_matrix<Row, Column, Value> load_csr(archive_reader auto& archive,
                                                      const std::string& name, std::size_t rows,
                                                      std::size_t columns) {
    const auto offsets = archive.template read_tensor<std::uint64_t>(name + "_offsets").values;
    const auto stored = archive.template read_tensor<std::uint32_t>(name + "_columns").values;
    const auto values = archive.template read_tensor<Value>(name + "_values").values;
    if (offsets.size() != rows + 1)
        archive.refuse(name + "_offsets", "expected " + std::to_string(rows + 1) +
                                              " values, found " + std::to_string(offsets.size()));
    std::vector<Column> typed;
    typed.reserve(stored.size());
    for (const std::uint32_t column : stored)
        typed.push_back(Column(column));
    try {
        return {offsets, typed, values, columns};
    } catch (const error& problem) {
        archive.refuse(name + "_columns", problem.what());
    }
}

} // namespace hybrec
