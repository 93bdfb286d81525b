// SPDX-License-Identifier: MIT
/// @file
/// What metrics beyond accuracy share: popularity of items, and means over a list.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace hybrec::detail {

/// The share of users that have each item; 0 for all if there are no users.
[[nodiscard]] inline std::vector<double> item_shares(user_items_view train) {
    std::vector<double> shares(train.column_count());
    for (const item_index item : train.columns())
        shares[item.value()] += 1;
    for (double& share : shares)
        share /= static_cast<double>(std::max<std::size_t>(1, train.row_count()));
    return shares;
}

/// The mean of `value_of(item)`; 0 for no items.
template <class ValueOf>
[[nodiscard]] double mean_over(std::span<const item_index> items, ValueOf&& value_of) noexcept {
    double sum = 0;
    for (const item_index item : items)
        sum += value_of(item);
    return items.empty() ? 0 : sum / static_cast<double>(items.size());
}

} // namespace hybrec::detail
