// SPDX-License-Identifier: MIT
#include <hybrec/core/request.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <string>
#include <vector>

namespace hr = hybrec;

namespace {

struct shop_visit {
    std::string device;
};

} // namespace

static_assert(!std::constructible_from<hr::request<>, hr::item_index>);
static_assert(std::convertible_to<hr::user_index, hr::request<>>);

TEST_CASE("request") {
    const std::vector<hr::weighted_item> basket{{hr::item_index(3), 2}, {hr::item_index(1), 1}};
    SUBCASE("of a known user") {
        const hr::request asked{hr::user_index(7)};
        CHECK(asked.user == hr::user_index(7));
        CHECK(asked.history.empty());
    }
    SUBCASE("of a history, which is not copied") {
        const hr::request<> asked{basket};
        CHECK(!asked.user);
        CHECK(asked.history.data() == basket.data());
        CHECK(asked.history.size() == 2);
    }
    SUBCASE("of a known user with a history of today") {
        const hr::request asked{hr::user_index(7), basket};
        static_assert(std::same_as<decltype(asked), const hr::request<>>, "not a context");
        CHECK(asked.user == hr::user_index(7));
        CHECK(asked.history.size() == 2);
    }
    SUBCASE("carries the application's context") {
        const hr::request asked{hr::user_index(7), shop_visit{"phone"}};
        static_assert(std::same_as<decltype(asked)::context_type, shop_visit>);
        CHECK(asked.context.device == "phone");
    }
}
