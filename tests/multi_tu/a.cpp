// SPDX-License-Identifier: MIT
/// @file
/// Two units that include everything are linked together: no function may be defined twice, and
/// what should exist once does.
#include <hybrec/hybrec.hpp>

#include <cstdio>

const void* pool_of_unit_b();
bool weighs_alike_in_unit_b(const hybrec::user_items& expected);

int main() {
    const hybrec::user_items matrix(
        {0, 2, 3}, {hybrec::item_index(0), hybrec::item_index(1), hybrec::item_index(1)}, {3, 1, 2},
        2);
    if (pool_of_unit_b() != &hybrec::default_pool()) {
        std::puts("the two units have different default pools");
        return 1;
    }
    if (!weighs_alike_in_unit_b(hybrec::linear_confidence{.alpha = 2}(matrix))) {
        std::puts("the two units compute different weights");
        return 1;
    }
    return 0;
}
