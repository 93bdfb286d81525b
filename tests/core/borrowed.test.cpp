// SPDX-License-Identifier: MIT
#include <hybrec/core/borrowed.hpp>

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace hybrec;

namespace {
struct notes {
    std::vector<int> lines;
};
} // namespace

TEST_CASE("borrowed memory stays with the thread, as it was left") {
    const notes* first = nullptr;
    {
        borrowed<notes> memory;
        first = &*memory;
        memory->lines.push_back(1);
        borrowed<notes> nested;
        CHECK(&*nested != first);
        CHECK(nested->lines.empty());
        nested->lines.push_back(2);
    }
    {
        borrowed<notes> again;
        borrowed<notes> other;
        CHECK(again->lines.size() + other->lines.size() == 2);
        CHECK((&*again == first || &*other == first));
    }
    std::thread{[] { CHECK(borrowed<notes> {} -> lines.empty()); }}.join();
}
