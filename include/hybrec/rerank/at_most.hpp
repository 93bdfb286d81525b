// SPDX-License-Identifier: MIT
/// @file
/// Business rule: no more than a few of a kind on a slate.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/rerank/detail/property.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

/// A limit on the items of each group on a slate; made by `at_most{2}.per(category)`.
template <class Groups>
class group_cap {
  public:
    group_cap(std::size_t limit, Groups groups) : limit_{limit}, groups_{std::move(groups)} {}

    /// Whether every group of `item` has room for it. Complexity: O(|slate|) lookups for each group.
    template <class Context>
    requires item_feature_matrix<held_type<Groups>> ||
        std::equality_comparable<typename detail::property_result<Groups, request<Context>>::type>
    [[nodiscard]] bool allows(const request<Context>& who, std::span<const scored_item> slate,
                              item_index item) const noexcept {
        if (slate.size() < limit_)
            return true;
        if constexpr (item_feature_matrix<held_type<Groups>>) {
            const held_type<Groups>& groups = groups_;
            if (item.value() >= groups.row_count())
                return true;
            const auto own = groups.row(item).columns();
            return std::all_of(own.begin(), own.end(), [&](auto group) {
                return has_room(slate, [&](item_index other) {
                    return other.value() < groups.row_count() && groups.row(other).contains(group);
                });
            });
        } else {
            return detail::with_property(groups_, who, item, true, [&](const auto& own) noexcept {
                return has_room(slate, [&](item_index other) {
                    return detail::with_property(
                        groups_, who, other, false,
                        [&](const auto& group) noexcept { return group == own; });
                });
            });
        }
    }

  private:
    template <class IsMember>
    [[nodiscard]] bool has_room(std::span<const scored_item> slate,
                                const IsMember& is_member) const noexcept {
        std::size_t members = 0;
        for (const scored_item& shown : slate)
            members += is_member(shown.index);
        return members < limit_;
    }

    std::size_t limit_;
    Groups groups_;
};

/// `at_most{2}.per(category)`: `category` gives the group of an item, as `in_stock` takes stocks (items
/// beyond the end of a list are in none), or is an item × feature matrix, where an item is in as many
/// groups as its row has entries. Held by value or shared with `std::ref`.
class at_most {
  public:
    /// @throws option_error for a limit of 0: a filter says that better.
    explicit at_most(std::size_t limit) : limit_{limit} {
        require_option(limit >= 1, "at_most", "limit", static_cast<double>(limit), "at least 1");
    }

    template <class Groups>
    [[nodiscard]] group_cap<Groups> per(Groups groups) const {
        return {limit_, std::move(groups)};
    }

  private:
    std::size_t limit_;
};

} // namespace hybrec
