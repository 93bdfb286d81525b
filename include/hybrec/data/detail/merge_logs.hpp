// SPDX-License-Identifier: MIT
/// @file
/// Brings a second log under the id maps of a first.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// The same entries in a larger shape.
/// @pre `rows` and `columns` are at least the matrix's own.
template <class = on_use>
[[nodiscard]] user_items widened(const user_items& matrix, std::size_t rows, std::size_t columns) {
    std::vector<offset> offsets{matrix.offsets().begin(), matrix.offsets().end()};
    offsets.resize(rows + 1, offsets.back());
    return {std::move(offsets),
            {matrix.columns().begin(), matrix.columns().end()},
            {matrix.values().begin(), matrix.values().end()},
            columns};
}

/// Adds the ids of `more` to the maps of `base`, whose matrix grows to fit, and returns the matrix
/// of `more` under these maps.
template <class = on_use>
[[nodiscard]] user_items merge_ids(interaction_log& base, const interaction_log& more) {
    std::vector<user_index> users;
    for (std::size_t user = 0; user < more.users.size(); ++user)
        users.push_back(base.users.add(more.users[user_index(user)]));
    std::vector<item_index> items;
    for (std::size_t item = 0; item < more.items.size(); ++item)
        items.push_back(base.items.add(more.items[item_index(item)]));

    coo_matrix<user_index, item_index, float> entries;
    entries.reserve(more.matrix.entry_count());
    for (std::size_t user = 0; user < more.matrix.row_count(); ++user)
        for (const auto [item, weight] : more.matrix.row(user_index(user)))
            entries.add(users[user], items[item.value()], weight);

    base.matrix = widened(base.matrix, base.users.size(), base.items.size());
    return build_csr<user_index, item_index, float>(
        entries,
        {.row_count = base.users.size(), .column_count = base.items.size(), .fixed_shape = true});
}

} // namespace hybrec::detail
