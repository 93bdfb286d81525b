// SPDX-License-Identifier: MIT
/// @file
/// Matrices from a few entries.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <vector>

namespace hybrec::test {

inline user_items matrix_of(const std::vector<triplet<user_index, item_index, float>>& entries,
                            std::size_t users = 0, std::size_t items = 0) {
    return build_csr<user_index, item_index, float>(entries,
                                                    {.row_count = users, .column_count = items});
}

} // namespace hybrec::test
