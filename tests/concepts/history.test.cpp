// SPDX-License-Identifier: MIT
#include <hybrec/concepts/history.hpp>

#include <doctest/doctest.h>

#include <hybrec/sparse/csr.hpp>

#include <span>
#include <utility>
#include <vector>

namespace hr = hybrec;
using hr::item_index;
using hr::user_index;

namespace {

struct basket_line { // an application's own
    item_index index;
    int value;
};
struct unnamed_line {
    item_index item;
    int amount;
};

} // namespace

static_assert(hr::weighted_entry_of<hr::weighted_item, item_index>);
static_assert(hr::weighted_entry_of<basket_line, item_index>);
static_assert(!hr::weighted_entry_of<hr::weighted_item, user_index>);
static_assert(!hr::weighted_entry_of<unnamed_line, item_index>);
static_assert(!hr::weighted_entry_of<item_index, item_index>);

static_assert(hr::item_history<std::vector<item_index>>);
static_assert(hr::item_history<std::span<const item_index>>);
static_assert(hr::item_history<std::vector<hr::weighted_item>>);
static_assert(hr::item_history<std::vector<basket_line>>);
static_assert(hr::item_history<hr::sparse_row<item_index, float>>);
static_assert(!hr::item_history<std::vector<user_index>>);
static_assert(!hr::item_history<std::vector<int>>);
static_assert(!hr::item_history<std::vector<unnamed_line>>);
static_assert(!hr::item_history<item_index>);

static_assert(hr::user_history<std::vector<user_index>>);
static_assert(hr::user_history<hr::sparse_row<user_index, float>>);
static_assert(!hr::user_history<hr::sparse_row<item_index, float>>);

TEST_CASE("a row of a matrix is a history") {
    const hr::user_items matrix({0, 2}, {item_index(1), item_index(4)}, {2, 3}, 5);
    double total = 0;
    const auto sum = [&](const hr::item_history auto& history) {
        for (const auto& entry : history)
            total += static_cast<double>(entry.value);
    };
    sum(matrix.row(user_index(0)));
    CHECK(total == 5);
}
