// SPDX-License-Identifier: MIT
/// @file
/// What the archives of neighbourhood models have in common.
#pragma once

#include <hybrec/concepts/archive.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>

namespace hybrec::detail {

/// The least that makes a matrix of neighbours: indices other than their own row's, in
/// similarities above 0.
void require_neighbors(archive_reader auto& archive, std::string_view name, const auto& matrix) {
    using index_type = typename std::remove_cvref_t<decltype(matrix)>::row_index;
    for (std::size_t row = 0; row < matrix.row_count(); ++row)
        for (const auto [column, value] : matrix.row(index_type(row)))
            if (column.value() == row || !(value > 0))
                archive.refuse(name, "row " + std::to_string(row) +
                                         " holds itself, or a similarity that is not above 0");
}

template <class Similarity>
void save_similarity(archive_writer auto& archive, Similarity similarity) {
    similarity.visit_options(
        [&](std::string_view name, double value) { archive.write_real(name, value); });
}
template <class Similarity>
[[nodiscard]] Similarity load_similarity(archive_reader auto& archive) {
    Similarity similarity;
    similarity.visit_options(
        [&](std::string_view name, double& value) { value = archive.read_real(name); });
    return similarity;
}

} // namespace hybrec::detail
