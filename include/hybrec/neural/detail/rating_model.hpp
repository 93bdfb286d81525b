// SPDX-License-Identifier: MIT
/// @file
/// What all networks share that learn from ratings.
#pragma once

#include <hybrec/concepts/history.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/range_concepts.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/sparse/history_row.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <vector>

namespace hybrec::neural::detail {

/// The range that options ask for, or that of the entries if they ask for none.
template <class Entries>
[[nodiscard]] label_range labels_of(const Entries& entries, const label_range& wanted) {
    if (wanted.minimum != wanted.maximum)
        return wanted;
    const auto [least, most] = std::ranges::minmax(entries.values());
    return {static_cast<float>(least), static_cast<float>(most)};
}

/// @throws shape_error if the validation has users or items beyond those of the matrix.
template <class HeldOut, class Matrix>
void require_within(const std::string& owner, const HeldOut& held_out, const Matrix& matrix) {
    if (held_out.row_count() > matrix.row_count() ||
        held_out.column_count() > matrix.column_count())
        fail<shape_error>({owner, ": the validation has ", held_out.row_count(), " users and ",
                           held_out.column_count(), " items; expected at most the ",
                           matrix.row_count(), " and ", matrix.column_count(), " of the matrix"});
}

/// The samples of a new user: the items of the history that `model` knows. Without weights they are
/// liked. @throws data_error if there are none, shape_error for an item beyond the model.
template <class Model, item_history History>
[[nodiscard]] std::vector<rating_sample> samples_of(const Model& model, const History& history) {
    using entry = std::remove_cvref_t<std::ranges::range_reference_t<const History&>>;
    const history_row<item_index, float> row{history, model.item_count()};
    std::vector<rating_sample> samples;
    for (const auto [item, value] : row.view())
        if (model.knows(item))
            samples.push_back(
                {0, item.value(),
                 std::same_as<entry, item_index> ? 1.0F : model.labels().label(value)});
    if (samples.empty())
        fail<data_error>({Model::type_name(),
                          ": the history holds no item that the model knows; recommend from a "
                          "fallback instead, for example popularity"});
    return samples;
}

} // namespace hybrec::neural::detail
