// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/folded.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <cstdint>

using namespace hybrec;

static_assert(!std::convertible_to<folded_user<>, folded_item<>>);

TEST_CASE("a folded vector is aligned and padded with zeros") {
    folded_user<> user{5};
    CHECK(user.values().size() == 5);
    CHECK(reinterpret_cast<std::uintptr_t>(user.data()) % 64 == 0);
    for (std::size_t at = 0; at < 16; ++at)
        CHECK(user.data()[at] == 0);
    folded_user<> other{5};
    CHECK(user == other);
    other.data()[0] = 1;
    CHECK_FALSE(user == other);
}
