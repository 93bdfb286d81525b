// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/detail/index_sorter.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <utility>
#include <vector>

using hybrec::detail::index_sorter;

TEST_CASE("index_sorter gives back what it took, ascending, and is empty then") {
    index_sorter<int> sorter;
    sorter.resize(10'000); // several words of the summary
    using pairs = std::vector<std::pair<std::size_t, int>>;
    const auto drained = [&] {
        pairs found;
        sorter.drain([&](std::size_t index, int value) { found.emplace_back(index, value); });
        return found;
    };
    CHECK(drained().empty());
    for (const std::size_t index : {9999U, 63U, 4096U, 0U, 64U, 4095U, 65U})
        sorter.insert(index, static_cast<int>(index) + 1);
    CHECK(drained() ==
          pairs{{0, 1}, {63, 64}, {64, 65}, {65, 66}, {4095, 4096}, {4096, 4097}, {9999, 10'000}});
    CHECK(drained().empty());
    sorter.insert(64, 7);
    CHECK(drained() == pairs{{64, 7}});
}
