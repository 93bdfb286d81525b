// SPDX-License-Identifier: MIT
#include <hybrec/core/on_use.hpp>

#include <doctest/doctest.h>

namespace hr = hybrec;

namespace {

int compiled = 0;

template <class Count>
struct counted_body {
    counted_body() { ++compiled; }
};

/// Its body has an error for every use, which nobody sees who does not call it.
template <class Use = hr::on_use>
void never_called() {
    static_assert(sizeof(Use) == 0, "compiled without being called");
}

template <class Use = hr::on_use>
[[nodiscard]] int called(int value) {
    static_cast<void>(counted_body<Use*>{});
    return value + 1;
}

} // namespace

TEST_CASE("on_use") {
    SUBCASE("needs no argument where the function is called") {
        CHECK(called(2) == 3);
        CHECK(compiled == 1);
    }
}
