// SPDX-License-Identifier: MIT
#include <hybrec/neural/pass.hpp>

#include <doctest/doctest.h>

#include <stop_token>
#include <vector>

using namespace hybrec;

TEST_CASE("neural::for_each_row visits every row once, for any number of threads") {
    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        std::vector<int> visits(3 * neural::rows_at_once + 1);
        neural::for_each_row(visits.size(), {.pool = &pool},
                             [&](std::size_t row) { ++visits[row]; });
        CHECK(visits == std::vector<int>(visits.size(), 1));
    }
}

TEST_CASE("neural::for_each_row can be stopped") {
    std::stop_source source;
    source.request_stop();
    CHECK_THROWS_AS(neural::for_each_row(5, {.stop = source.get_token()}, [](std::size_t) {}),
                    cancelled);
}
