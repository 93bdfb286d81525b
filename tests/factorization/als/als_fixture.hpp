// SPDX-License-Identifier: MIT
/// @file
/// Small interaction matrices that the ALS tests share.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/sparse/build.hpp>

#include <vector>

namespace hybrec::test {

/// Users and items in four groups; users mostly choose items of their own group.
inline user_items planted_groups(std::size_t users = 120, std::size_t items = 60,
                                 std::size_t per_user = 12) {
    const counter_random random{99};
    std::vector<triplet<user_index, item_index, float>> entries;
    for (std::size_t user = 0; user < users; ++user)
        for (std::size_t draw = 0; draw < per_user; ++draw) {
            const std::uint64_t at = 3 * (user * per_user + draw);
            const std::size_t group =
                random.uniform(at) < 0.85 ? user % 4 : random.below(4, at + 1);
            const std::size_t item = group * (items / 4) + random.below(items / 4, at + 2);
            entries.push_back({user_index(user), item_index(item), 1.0F});
        }
    return build_csr<user_index, item_index, float>(entries,
                                                    {.row_count = users, .column_count = items});
}

} // namespace hybrec::test
