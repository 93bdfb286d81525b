// SPDX-License-Identifier: MIT
/// @file
/// Factor tables in archives.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace hybrec {

/// Writes a table as a tensor of rows × factors, without the padding, so that other programs read
/// it.
template <class Value>
void save_table(archive_writer auto& archive, std::string_view name,
                const table_rows<const Value>& table) {
    aligned_vector<Value> values(table.count * table.factors);
    for (std::size_t row = 0; row < table.count; ++row)
        std::copy_n(table.data + row * table.stride, table.factors,
                    values.data() + row * table.factors);
    archive.write_tensor(name, as_span(values), {table.count, table.factors});
}
template <class Index, class Value>
void save_table(archive_writer auto& archive, std::string_view name,
                const factor_table<Index, Value>& table) {
    save_table(archive, name, table.all_rows());
}

/// Reads what `save_table` wrote; refuses another number of factors and values that are not finite.
template <class Index, class Value>
[[nodiscard]] factor_table<Index, Value> load_table(archive_reader auto& archive,
                                                    std::string_view name, std::size_t factors) {
    const auto stored = archive.template read_tensor<Value>(name);
    if (stored.shape.columns != factors)
        archive.refuse(name, "expected " + std::to_string(factors) + " factors, found " +
                                 std::to_string(stored.shape.columns));
    if (stored.shape.rows > max_index_count)
        archive.refuse(name, "there are too many rows");
    factor_table<Index, Value> table(stored.shape.rows, factors);
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (std::size_t factor = 0; factor < factors; ++factor) {
            const Value value = stored.values[row * factors + factor];
            if (!std::isfinite(value))
                archive.refuse(name,
                               "row " + std::to_string(row) + " holds a value that is not finite");
            table.row(Index(row))[factor] = value;
        }
    return table;
}

} // namespace hybrec
