// SPDX-License-Identifier: MIT
#include <hybrec/concepts/filter.hpp>

#include <doctest/doctest.h>

#include <span>

namespace hr = hybrec;
using hr::item_index;
using hr::user_index;

namespace {

struct even_items {
    bool admits(item_index item) const noexcept { return item.value() % 2 == 0; }
};
struct even_users {
    bool admits(user_index user) const noexcept { return user.value() % 2 == 0; }
};
struct own_items {
    bool admits(user_index user, item_index item) const noexcept {
        return user.value() == item.value();
    }
};
struct swapped {
    bool admits(item_index, user_index) const noexcept { return true; }
};
struct may_throw {
    bool admits(item_index) const { return true; }
};
struct not_a_bool {
    int admits(item_index) const noexcept { return 1; }
};
struct changes {
    bool admits(item_index) noexcept { return true; }
};

struct list {
    bool admits(item_index) const noexcept { return true; }
    std::span<const item_index> denied() const noexcept { return {}; }
};
struct user_list {
    bool admits(user_index, item_index) const noexcept { return true; }
    std::span<const item_index> denied(user_index) const noexcept { return {}; }
};
struct wrong_list {
    bool admits(item_index) const noexcept { return true; }
    std::span<const user_index> denied() const noexcept { return {}; }
};

} // namespace

static_assert(hr::index_deny_list<list> && !hr::user_deny_list<list>);
static_assert(hr::user_deny_list<user_list> && !hr::index_deny_list<user_list>);
static_assert(!hr::index_deny_list<wrong_list> && !hr::index_deny_list<even_items>);
static_assert(!hr::user_deny_list<own_items>);

static_assert(hr::index_filter<even_items>);
static_assert(!hr::index_filter<even_items, user_index>);
static_assert(hr::index_filter<even_users, user_index>);
static_assert(!hr::index_filter<even_users>);
static_assert(!hr::index_filter<own_items>);
static_assert(!hr::index_filter<may_throw>);
static_assert(!hr::index_filter<not_a_bool>);
static_assert(!hr::index_filter<changes>);
static_assert(!hr::index_filter<int>);

static_assert(hr::user_item_filter<own_items>);
static_assert(!hr::user_item_filter<even_items>);
static_assert(!hr::user_item_filter<swapped>);

static_assert(hr::known_user_filter<even_items>);
static_assert(hr::known_user_filter<own_items>);
static_assert(!hr::known_user_filter<even_users>);
static_assert(!hr::known_user_filter<swapped>);

TEST_CASE("filters are asked through one name") {
    CHECK(even_items{}.admits(item_index(4)));
    CHECK(!even_items{}.admits(item_index(5)));
    CHECK(own_items{}.admits(user_index(3), item_index(3)));
    CHECK(!own_items{}.admits(user_index(3), item_index(4)));
}
