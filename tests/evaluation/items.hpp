// SPDX-License-Identifier: MIT
/// @file
/// Short ways to write items and matrices in the tests of evaluation.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <utility>
#include <vector>

namespace toy {

inline std::vector<hybrec::item_index> items(std::initializer_list<std::uint32_t> numbers) {
    std::vector<hybrec::item_index> result;
    for (const std::uint32_t number : numbers)
        result.push_back(hybrec::item_index{number});
    return result;
}

/// `lists[u]` are the items of user u, each with weight 1.
inline hybrec::user_items matrix(const std::vector<std::vector<std::uint32_t>>& lists,
                                 std::size_t item_count) {
    std::vector<hybrec::triplet<hybrec::user_index, hybrec::item_index, float>> entries;
    for (std::size_t user = 0; user < lists.size(); ++user)
        for (const std::uint32_t item : lists[user])
            entries.push_back({hybrec::user_index(user), hybrec::item_index{item}, 1.0F});
    return hybrec::build_csr<hybrec::user_index, hybrec::item_index, float>(
        entries, {.row_count = lists.size(), .column_count = item_count, .fixed_shape = true});
}

} // namespace toy
