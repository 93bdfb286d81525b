// SPDX-License-Identifier: MIT
// Five users, the last of which is new, and four items, for the tests of serving.
#pragma once

#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstdint>
#include <vector>

namespace purchases {

using namespace hybrec;

/// User u has the items 0, …, 3 − u: items 0, 1, 2, 3 have 4, 3, 2, 1 users.
inline user_items matrix() {
    std::vector<triplet<user_index, item_index, float>> entries;
    for (std::uint32_t user = 0; user < 4; ++user)
        for (std::uint32_t item = 0; item + user < 4; ++item)
            entries.push_back({user_index{user}, item_index{item}, 1.0F});
    return build_csr<user_index, item_index, float>(entries, {.row_count = 5, .column_count = 4});
}

} // namespace purchases
