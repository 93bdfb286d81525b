// SPDX-License-Identifier: MIT
#include <hybrec/sparse/build.hpp>

#include "../mentions.hpp"

#include <doctest/doctest.h>

#include <hybrec/core/random.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <list>
#include <map>
#include <ranges>
#include <sstream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace hr = hybrec;
using hr::item_index;
using hr::user_index;
using hr::test::mentions;
using built_entry = hr::triplet<user_index, item_index, float>;

namespace {

built_entry at(int row, int column, float value) {
    return {user_index(row), item_index(column), value};
}

hr::user_items build(const std::vector<built_entry>& entries, const hr::build_options& options = {},
                     const hr::execution& where = {}) {
    return hr::build_csr<user_index, item_index, float>(entries, options, where);
}

template <class Error, class Call>
std::string message_of(Call&& call) {
    try {
        (void)call();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

/// An entry as a stream of text delivers it: "row column value".
struct parsed_entry {
    built_entry value;
    friend std::istream& operator>>(std::istream& in, parsed_entry& out) {
        unsigned row = 0;
        unsigned column = 0;
        in >> row >> column >> out.value.value;
        out.value.row = user_index(row);
        out.value.column = item_index(column);
        return in;
    }
    operator built_entry() const { return value; }
};

/// A range that can be read only once.
struct stream_range {
    std::istream* in;
    [[nodiscard]] std::istream_iterator<parsed_entry> begin() const {
        return std::istream_iterator<parsed_entry>{*in};
    }
    [[nodiscard]] std::istream_iterator<parsed_entry> end() const { return {}; }
};
static_assert(std::ranges::input_range<stream_range>);
static_assert(!std::ranges::forward_range<stream_range>);

template <class Entries>
concept buildable = requires(const Entries& entries) {
    hr::build_csr<user_index, item_index, float>(entries);
};
static_assert(buildable<std::vector<built_entry>>);
static_assert(!buildable<std::vector<hr::triplet<item_index, user_index, float>>>);
static_assert(!buildable<std::vector<float>>);
static_assert(!buildable<hr::coo_matrix<item_index, user_index, float>>);

} // namespace

TEST_CASE("build_csr") {
    SUBCASE("sorts entries that come in any order") {
        const auto matrix = build({at(2, 1, 5), at(0, 3, 2), at(2, 0, 4), at(0, 1, 1)});
        CHECK(matrix == hr::user_items({0, 2, 2, 4},
                                       {item_index(1), item_index(3), item_index(0), item_index(1)},
                                       {1, 2, 4, 5}, 4));
    }
    SUBCASE("no entries") {
        CHECK(build({}) == hr::user_items());
        CHECK(build({}, {.row_count = 2, .column_count = 3}) == hr::user_items(2, 3));
        CHECK(build({}, {.row_count = 2, .column_count = 3, .fixed_shape = true}) ==
              hr::user_items(2, 3));
    }
    SUBCASE("the shape is a least one, or fixed") {
        const std::vector<built_entry> entries = {at(1, 4, 1)};
        CHECK(build(entries, {.row_count = 5, .column_count = 2}).row_count() == 5);
        CHECK(build(entries, {.row_count = 5, .column_count = 2}).column_count() == 5);
        CHECK(build(entries, {.row_count = 2, .column_count = 5, .fixed_shape = true}) ==
              build(entries));
        const std::string text = message_of<hr::shape_error>([&] {
            return build(entries, {.row_count = 2, .column_count = 4, .fixed_shape = true});
        });
        CHECK(mentions(text, "row 1, column 4"));
        CHECK(mentions(text, "2 rows and 4 columns"));
        CHECK_THROWS_AS(
            (void)build(entries, {.row_count = 1, .column_count = 5, .fixed_shape = true}),
            hr::shape_error);
    }
    SUBCASE("duplicates") {
        const std::vector<built_entry> entries = {at(0, 1, 2), at(1, 0, 7), at(0, 1, 5),
                                                  at(0, 1, -1)};
        const auto value = [&](hr::duplicates repeated) {
            const auto matrix = build(entries, {.repeated = repeated});
            REQUIRE(matrix.entry_count() == 2);
            CHECK(matrix.row(user_index(1)).values()[0] == 7);
            return matrix.row(user_index(0)).values()[0];
        };
        CHECK(value(hr::duplicates::sum) == 6);
        CHECK(value(hr::duplicates::last) == -1);
        CHECK(value(hr::duplicates::largest) == 5);
        CHECK(mentions(message_of<hr::data_error>(
                           [&] { return build(entries, {.repeated = hr::duplicates::refuse}); }),
                       "row 0, column 1"));
        CHECK(
            build({at(0, 0, 1), at(0, 1, 1)}, {.repeated = hr::duplicates::refuse}).entry_count() ==
            2);
    }
    SUBCASE("zeros are dropped, also sums of zero") {
        const auto matrix = build({at(0, 0, 1), at(0, 1, 0), at(0, 2, 3), at(1, 1, 2), at(1, 1, -2),
                                   at(2, 0, -0.0F), at(2, 2, 4)});
        CHECK(matrix == build({at(0, 0, 1), at(0, 2, 3), at(2, 2, 4)}));
        CHECK(matrix.row(user_index(1)).empty());
        CHECK(build({at(3, 4, 0)}) == hr::user_items(4, 5)); // it counts towards the shape
    }
    SUBCASE("values that are not finite") {
        const float infinity = std::numeric_limits<float>::infinity();
        const std::string nan = message_of<hr::data_error>([&] {
            return build({at(0, 0, 1), at(3, 8, infinity - infinity)});
        });
        CHECK(mentions(nan, "row 3, column 8"));
        CHECK(mentions(nan, "nan"));
        CHECK(mentions(message_of<hr::data_error>([&] { return build({at(1, 2, -infinity)}); }),
                       "row 1, column 2: the value is -inf"));
        const float largest = std::numeric_limits<float>::max();
        CHECK(mentions(message_of<hr::numeric_error>([&] {
                           return build({at(1, 2, largest), at(1, 2, largest)});
                       }),
                       "row 1, column 2"));
    }
    SUBCASE("a range that can be read only once") {
        std::istringstream text{"1 0 2.5\n0 2 1\n1 0 0.5\n"};
        const auto matrix =
            hr::build_csr<user_index, item_index, float>(stream_range{&text}, {.row_count = 3});
        CHECK(matrix == build({at(0, 2, 1), at(1, 0, 3)}, {.row_count = 3}));
    }
    SUBCASE("a range of a map, transformed lazily") {
        const std::map<std::pair<int, int>, float> map = {{{0, 1}, 2.0F}, {{1, 0}, 3.0F}};
        struct adapted {
            std::map<std::pair<int, int>, float>::const_iterator it{};
            using value_type = built_entry;
            using difference_type = std::ptrdiff_t;
            built_entry operator*() const {
                return at(it->first.first, it->first.second, it->second);
            }
            adapted& operator++() {
                ++it;
                return *this;
            }
            adapted operator++(int) {
                adapted before = *this;
                ++it;
                return before;
            }
            bool operator==(const adapted& other) const { return it == other.it; }
        };
        struct range_of_entries {
            const std::map<std::pair<int, int>, float>* map;
            [[nodiscard]] adapted begin() const { return {map->begin()}; }
            [[nodiscard]] adapted end() const { return {map->end()}; }
        };
        const range_of_entries range{&map};
        CHECK(hr::build_csr<user_index, item_index, float>(range) ==
              build({at(0, 1, 2), at(1, 0, 3)}));
    }
    SUBCASE("coordinate lists keep their shape, with or without named types") {
        hr::coo_matrix<user_index, item_index, float> list{4, 6};
        list.add(user_index(1), item_index(2), 3);
        list.add(user_index(1), item_index(2), 4);
        const auto matrix = hr::build_csr(list);
        CHECK(matrix == build({at(1, 2, 7)}, {.row_count = 4, .column_count = 6}));
        CHECK(hr::build_csr<user_index, item_index, float>(list) == matrix);
        CHECK(hr::build_csr<user_index, item_index, float>(std::as_const(list)) == matrix);
    }
    SUBCASE("the same for any number of threads, and for permuted entries") {
        const hr::counter_random random{1};
        std::vector<built_entry> entries;
        for (std::uint64_t draw = 0; draw < 20'000; ++draw)
            entries.push_back({user_index(random.below(5000, 3 * draw)),
                               item_index(random.below(40, 3 * draw + 1)),
                               static_cast<float>(random.below(9, 3 * draw + 2)) - 4});
        hr::thread_pool one{1};
        const auto expected = build(entries, {}, {.pool = &one});
        CHECK(expected.entry_count() > 10'000);
        CHECK(expected.entry_count() < 20'000);
        for (const std::size_t threads : {std::size_t{2}, std::size_t{3}}) {
            hr::thread_pool pool{threads};
            CHECK(build(entries, {}, {.pool = &pool}) == expected);
        }
        random.shuffle(entries.begin(), entries.size());
        CHECK(build(entries) == expected); // sums of small integers do not round
    }
    SUBCASE("elements of any kind, with a projection") {
        const std::vector<std::pair<int, int>> cells = {{1, 2}, {0, 3}, {1, 2}};
        const auto project = [](const std::pair<int, int>& cell) {
            return at(cell.first, cell.second, 1.5F);
        };
        const auto expected = build({at(0, 3, 1.5F), at(1, 2, 3)});
        CHECK(hr::build_csr<user_index, item_index, float>(cells, {}, {}, project) == expected);
        const std::list<std::pair<int, int>> list{cells.begin(), cells.end()};
        CHECK(hr::build_csr<user_index, item_index, float>(list, {}, {}, project) == expected);
    }
    SUBCASE("rows of all lengths keep the order of duplicates, and gaps close") {
        // Sums of floats show their order; rows of zeros leave gaps in front of others.
        const hr::counter_random random{12};
        std::vector<built_entry> entries;
        std::vector<std::map<int, float>> expected(3000);
        for (std::uint64_t draw = 0; draw < 30'000; ++draw) {
            const int row = static_cast<int>(random.below(3000, 4 * draw)) *
                            static_cast<int>(random.below(2, 4 * draw + 1));
            const int column = static_cast<int>(random.below(700, 4 * draw + 2));
            const float value =
                row % 9 == 1 ? 0 : static_cast<float>(random.uniform(4 * draw + 3)) - 0.5F;
            entries.push_back(at(row, column, value));
            expected[static_cast<std::size_t>(row)][column] += value;
        }
        for (const std::size_t threads : {std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
            hr::thread_pool pool{threads};
            const auto matrix =
                build(entries, {.row_count = 3000, .column_count = 700}, {.pool = &pool});
            for (std::size_t row = 0; row < 3000; ++row) {
                std::map<int, float> found;
                for (const auto [column, value] : matrix.row(user_index(row)))
                    found[static_cast<int>(column.value())] = value;
                std::erase_if(expected[row], [](const auto& one) { return one.second == 0; });
                REQUIRE(found == expected[row]);
            }
        }
    }
    SUBCASE("can be cancelled") {
        std::stop_source source;
        source.request_stop();
        CHECK_THROWS_AS((void)build({at(0, 0, 1)}, {}, {.stop = source.get_token()}),
                        hr::cancelled);
    }
}
