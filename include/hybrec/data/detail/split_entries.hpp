// SPDX-License-Identifier: MIT
/// @file
/// Distributes the entries of a matrix over parts of the same shape.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/data/split.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// The entries whose position `keep(position)` accepts, in the same shape. Positions count the
/// matrix's entries row by row.
template <class Keep>
[[nodiscard]] user_items kept_entries(const user_items& matrix, Keep&& keep) {
    std::vector<offset> offsets{0};
    offsets.reserve(matrix.row_count() + 1);
    std::vector<item_index> columns;
    std::vector<float> values;
    for (std::size_t row = 0; row < matrix.row_count(); ++row) {
        for (offset at = matrix.offsets()[row]; at < matrix.offsets()[row + 1]; ++at)
            if (keep(static_cast<std::size_t>(at))) {
                columns.push_back(matrix.columns()[at]);
                values.push_back(matrix.values()[at]);
            }
        offsets.push_back(columns.size());
    }
    return {std::move(offsets), std::move(columns), std::move(values), matrix.column_count()};
}

/// The split whose test part are the positions that are marked.
template <class = on_use>
[[nodiscard]] split split_marked(const user_items& matrix, const std::vector<bool>& is_test) {
    return {.train = kept_entries(matrix, [&](std::size_t at) { return !is_test[at]; }),
            .test = kept_entries(matrix, [&](std::size_t at) { return is_test[at]; })};
}

/// @throws option_error unless 0 < `value` < 1.
inline void require_fraction(std::string_view owner, std::string_view field, double value) {
    require_option(value > 0 && value < 1, owner, field, value, "more than 0 and less than 1");
}

/// `count` · `fraction`, rounded, but at least 1 and at most `count`.
[[nodiscard]] inline std::size_t part_of(std::size_t count, double fraction) {
    const auto part = static_cast<std::size_t>(std::llround(static_cast<double>(count) * fraction));
    return part < 1 ? 1 : part > count ? count : part;
}

/// @throws data_error if the log has no times to split by.
inline void require_times(const interaction_log& log, std::string_view owner) {
    if (!log.has_times)
        fail<data_error>({owner,
                          ": the log has no times; name interaction_columns::time when reading, or "
                          "use split_random"});
}

} // namespace hybrec::detail
