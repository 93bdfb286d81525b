// SPDX-License-Identifier: MIT
/// @file
/// Tests of events and of the matrix that they make.
#include <hybrec/data/interaction.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <istream>
#include <iterator>
#include <limits>
#include <list>
#include <sstream>
#include <string>
#include <vector>

using namespace hybrec;

static_assert(sizeof(interaction) == 24);

namespace {

/// An event as a stream reads it: the numbers of user and item.
struct streamed_event {
    interaction event;
    operator interaction() const { return event; }
    friend std::istream& operator>>(std::istream& in, streamed_event& read) {
        std::uint32_t user = 0;
        std::uint32_t item = 0;
        if (in >> user >> item)
            read.event = {.user = user_index(user), .item = item_index(item)};
        return in;
    }
};

/// A range that can be read only once.
struct event_stream {
    explicit event_stream(const std::string& text) : in{text} {}
    [[nodiscard]] auto begin() { return std::istream_iterator<streamed_event>{in}; }
    [[nodiscard]] auto end() { return std::istream_iterator<streamed_event>{}; }
    std::istringstream in;
};

} // namespace

TEST_CASE("to_matrix") {
    const std::vector<interaction> events{
        {.user = user_index(1), .item = item_index(2), .weight = 2},
        {.user = user_index(0), .item = item_index(1)},
        {.user = user_index(1), .item = item_index(2), .weight = 5},
        {.user = user_index(1), .item = item_index(0), .weight = 3}};
    const auto matrix = to_matrix(events, 3, 4);
    CHECK(matrix.row_count() == 3);
    CHECK(matrix.column_count() == 4);
    CHECK(matrix.entry_count() == 3);
    CHECK(matrix.row(user_index(1)).values()[1] == 7);
    CHECK(matrix.row(user_index(0)).values()[0] == 1);
    CHECK(to_matrix(events, 3, 4, duplicates::last).row(user_index(1)).values()[1] == 5);

    // Any input range will do, one that can be read only once as well.
    const std::list<interaction> listed{events.begin(), events.end()};
    CHECK(to_matrix(listed, 3, 4) == matrix);
    const auto read = to_matrix(event_stream{"0 1  1 2  2 0"}, 3, 4);
    CHECK(read.entry_count() == 3);

    CHECK_THROWS_AS(static_cast<void>(to_matrix(events, 1, 4)), shape_error);
    CHECK_THROWS_AS(static_cast<void>(to_matrix(events, 3, 4, duplicates::refuse)), data_error);
    const std::vector<interaction> bad{{.weight = std::numeric_limits<float>::quiet_NaN()}};
    CHECK_THROWS_AS(static_cast<void>(to_matrix(bad, 1, 1)), data_error);
}
