// SPDX-License-Identifier: MIT
#include <hybrec/core/as_span.hpp>

#include <doctest/doctest.h>

#include <array>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hr = hybrec;

namespace {

template <class Container>
concept viewable = requires(Container&& values) {
    hr::as_span(std::forward<Container>(values));
};
template <class Container>
concept writable = requires(Container&& values) {
    hr::as_writable_span(std::forward<Container>(values));
};

static_assert(viewable<std::vector<int>&> && viewable<const std::vector<int>&>);
static_assert(!viewable<std::vector<int>> && !writable<std::vector<int>>);

} // namespace

TEST_CASE("as_span") {
    std::vector<int> values{1, 2, 3};
    static_assert(std::is_same_v<decltype(hr::as_span(values)), std::span<const int>>);
    static_assert(std::is_same_v<decltype(hr::as_writable_span(values)), std::span<int>>);
    SUBCASE("shows the container's own elements") {
        CHECK(hr::as_span(values).data() == values.data());
        CHECK(hr::as_span(values).size() == 3);
        hr::as_writable_span(values)[1] = 5;
        CHECK(values[1] == 5);
    }
    SUBCASE("strings and arrays have elements as well") {
        const std::string text = "abc";
        CHECK(hr::as_span(text)[2] == 'c');
        std::array<double, 2> pair{1, 2};
        CHECK(hr::as_span(pair).size() == 2);
        const float plain[3] = {1, 2, 3};
        CHECK(hr::as_span(plain)[2] == 3);
    }
    SUBCASE("one value is a span of one") {
        float value = 1;
        hr::span_of_one(value)[0] = 2;
        CHECK(value == 2);
        const int constant = 5;
        CHECK(hr::span_of_one(constant).size() == 1);
        CHECK(hr::span_of_one(constant).front() == 5);
    }
    SUBCASE("of nothing there is nothing to see") {
        values.clear();
        CHECK(hr::as_span(values).empty());
        CHECK(hr::as_writable_span(values).empty());
    }
}
