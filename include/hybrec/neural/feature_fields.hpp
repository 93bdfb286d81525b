// SPDX-License-Identifier: MIT
/// @file
/// What describes users and items to a network, besides who they are.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace hybrec::neural {

/// Fields of users and of items, none by default: `{.items = {genres, types}}`. A matrix is one
/// categorical field that may have several values: its columns are the categories, a row's entries
/// those of a user or item, with their weights. A row may be empty.
struct feature_fields {
    std::vector<user_features> users{};
    std::vector<item_features> items{};
};

/// @throws shape_error, in the name of `owner`, for a field without columns or of another number of
///         users or items than the interactions have.
template <class = on_use>
void require_fields(const feature_fields& fields, std::size_t users, std::size_t items,
                    const std::string& owner) {
    const auto check = [&](const auto& side, std::size_t rows, const std::string& what) {
        for (std::size_t field = 0; field < side.size(); ++field) {
            const std::string name = owner + ": field " + std::to_string(field) + " of " + what;
            if (side[field].row_count() != rows)
                fail<shape_error>({name, " has ", side[field].row_count(),
                                   " rows; the interactions have ", rows, " ", what});
            if (side[field].column_count() == 0)
                fail<shape_error>({name, " has no columns; expected at least one category"});
        }
    };
    check(fields.users, users, "users");
    check(fields.items, items, "items");
}

} // namespace hybrec::neural
