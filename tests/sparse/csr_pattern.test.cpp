// SPDX-License-Identifier: MIT
#include <hybrec/sparse/csr_pattern.hpp>

#include <doctest/doctest.h>

namespace hr = hybrec;
using hr::item_index;

TEST_CASE("csr_pattern: without entries, and compared") {
    const hr::csr_pattern<item_index> none;
    CHECK(none.offsets == hr::bulk_vector<hr::offset>{0});
    CHECK(none.columns.empty());
    const hr::csr_pattern<item_index> some{{0, 1, 2}, {item_index(3), item_index(0)}};
    hr::csr_pattern<item_index> other = some;
    CHECK(other == some);
    other.columns[1] = item_index(1);
    CHECK(other != some);
    CHECK(none != some);
}
