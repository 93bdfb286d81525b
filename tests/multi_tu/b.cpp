// SPDX-License-Identifier: MIT
/// @file
/// The other unit; see a.cpp.
#include <hybrec/hybrec.hpp>

const void* pool_of_unit_b();
bool weighs_alike_in_unit_b(const hybrec::user_items& expected);

const void* pool_of_unit_b() { return &hybrec::default_pool(); }

bool weighs_alike_in_unit_b(const hybrec::user_items& expected) {
    const hybrec::user_items matrix(
        {0, 2, 3}, {hybrec::item_index(0), hybrec::item_index(1), hybrec::item_index(1)}, {3, 1, 2},
        2);
    return hybrec::linear_confidence{.alpha = 2}(matrix) == expected;
}
