// SPDX-License-Identifier: MIT
/// @file
/// An index with its weight.
#pragma once

#include <hybrec/core/index.hpp>

namespace hybrec {

/// One entry of a matrix row, of a column, or of a history. Destructures as `auto [item, weight]`.
template <class Index, class Value>
struct weighted {
    Index index{};
    Value value{};

    friend constexpr bool operator==(const weighted&, const weighted&) noexcept = default;
};

using weighted_item = weighted<item_index, float>;
using weighted_user = weighted<user_index, float>;

} // namespace hybrec
