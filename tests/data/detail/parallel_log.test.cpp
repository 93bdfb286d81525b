// SPDX-License-Identifier: MIT
/// @file
/// Tests that parts read at the same time give what one thread reads row by row.
#include <hybrec/data/detail/parallel_log.hpp>

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/read_interactions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

using namespace hybrec;

namespace {

struct reading {
    interaction_log log;
    std::string error;

    friend bool operator==(const reading& left, const reading& right) {
        return left.error == right.error && left.log.users == right.log.users &&
               left.log.items == right.log.items && left.log.events == right.log.events &&
               left.log.kinds == right.log.kinds && left.log.has_times == right.log.has_times &&
               left.log.matrix == right.log.matrix;
    }
};

reading read(std::string_view text, const interaction_columns& columns, std::size_t part_bytes,
             thread_pool& pool) {
    try {
        auto reader = delimited_reader::over_text(
            "t.csv", text, {.delimiter = columns.delimiter, .encoding = columns.encoding});
        return {detail::interaction_reader{reader, columns, part_bytes}.read({.pool = &pool}), ""};
    } catch (const error& problem) {
        return {{}, problem.what()};
    }
}

/// Whether `parallel_log` itself read the text, without giving up.
bool is_read_in_parts(std::string_view text, std::size_t part_bytes) {
    auto reader = delimited_reader::over_text("t.csv", text);
    REQUIRE(reader.next());
    const interaction_columns columns{.header = header_row::absent};
    const detail::interaction_layout layout = detail::layout_finder{reader, columns}.find();
    interaction_log log;
    thread_pool pool{2};
    const execution where{.pool = &pool};
    const bool done = detail::parallel_log{reader, columns, layout, part_bytes, where}.read(log);
    CHECK(done == !log.events.empty());
    return done;
}

struct pools {
    thread_pool one{1};
    thread_pool two{2};
    thread_pool three{3};
};

void check_all_parts(std::string_view text, const interaction_columns& columns, pools& some) {
    const reading expected = read(text, columns, 0, some.one);
    for (const std::size_t part_bytes :
         {std::size_t{1}, std::size_t{5}, std::size_t{32}, std::size_t{1} << 20})
        for (thread_pool* const pool : {&some.one, &some.two, &some.three}) {
            CAPTURE(part_bytes);
            CAPTURE(pool->size());
            const reading parts = read(text, columns, part_bytes, *pool);
            REQUIRE(parts.error == expected.error);
            REQUIRE(parts == expected);
        }
}

/// A table with ids of all lengths, repeated and new ones mixed.
std::string table(std::size_t rows, std::string_view delimiter, std::string_view line_end) {
    const counter_random random{11};
    std::string text;
    for (std::uint64_t row = 0; row < rows; ++row) {
        const std::uint64_t user = random.below(1 + row / 3, 4 * row);
        text += std::string(user % 40, 'u') + std::to_string(user);
        text += delimiter;
        text += "item" + std::to_string(random.below(90, 4 * row + 1));
        text += delimiter;
        text += std::to_string(random.below(1000, 4 * row + 2) - 300) + ".25";
        text += delimiter;
        text += std::to_string(random.below(2'000'000'000, 4 * row + 3));
        text += line_end;
    }
    return text;
}

} // namespace

TEST_CASE("parallel_log") {
    pools some;
    SUBCASE("plain tables, whatever separates fields and lines") {
        for (const std::string_view delimiter : {",", "\t", "::", " "})
            for (const std::string_view line_end : {"\n", "\r\n", "\n\n", "\n  \n"}) {
                const std::string text = table(200, delimiter, line_end);
                check_all_parts(text, {.delimiter = std::string{delimiter}}, some);
                check_all_parts(std::string_view{text}.substr(0, text.size() - line_end.size()),
                                {.delimiter = std::string{delimiter}}, some);
            }
        CHECK(is_read_in_parts(table(500, ",", "\n"), 100));
        CHECK(is_read_in_parts(table(500, "::", "\r\n"), 100));
    }
    SUBCASE("headers, kinds and a minimum weight") {
        std::string text = "kind,item,user,weight,time\n";
        for (int row = 0; row < 300; ++row)
            text += std::string{row % 7 == 3 ? "buy"
                                : row > 150  ? "cart"
                                             : "view"} +
                    ",i" + std::to_string(row % 13) + ",u" + std::to_string(row * row % 31) + "," +
                    std::to_string(row % 5) + ",2024-05-01\n";
        check_all_parts(text, {.kind = "kind"}, some);
        check_all_parts(text, {.kind = "kind", .minimum_weight = 2}, some);
        check_all_parts(text, {.kind = "kind", .minimum_weight = 9}, some);
        check_all_parts(text, {.repeated = duplicates::last}, some);
    }
    SUBCASE("quotes, also around line ends") {
        std::string text;
        for (int row = 0; row < 60; ++row)
            text += "\"u," + std::to_string(row % 9) + "\",\"a \"\"b\"\" " +
                    std::to_string(row % 4) + "\",1,2\nplain,i\"x,3,4\n";
        check_all_parts(text, {}, some);
        CHECK(is_read_in_parts(text, 50));
        text += "u,\"two\nlines\",1,2\n" + text;
        check_all_parts(text, {}, some);
        // Here parts begin within quotes, where the rest of a row looks like a row of its own.
        text = "a,b,1,2\nc,\"d\nx,y\",1,2\nh,i,1,2\n";
        check_all_parts(text + text + text, {}, some);
        CHECK_FALSE(is_read_in_parts(text, 10));
    }
    SUBCASE("the error of the first bad row, whichever part has it") {
        const std::string good = table(100, ",", "\n");
        for (const std::string_view bad : {"u,i\n", "u,i,x,1\n", "u,i,1,noon\n", ",i,1,1\n",
                                           "u, ,1,1\n", "u,\"i,1,1\n", "u,\"i\"x,1,1\n"}) {
            const std::string text = good + std::string{bad} + good + "v,i,y,1\n";
            check_all_parts(text, {}, some);
            CHECK(read(text, {}, 64, some.two).error.starts_with("t.csv:101:"));
            CHECK_FALSE(is_read_in_parts(text, 64));
        }
    }
    SUBCASE("random damage") {
        const std::string good = "user,item,rating,time\n\"a \"\"b\"\"\",x,1.5,100\r\n"
                                 "b,\"y,z\",2,2024-05-01\n\nc,\"multi\nline\",3e0,7\nb,x,4,5\n";
        constexpr std::string_view alphabet = "\",\r\n 0.-ab\xC3\xA9";
        const counter_random random{23};
        std::size_t read_well = 0;
        for (std::uint64_t round = 0; round < 400; ++round) {
            const counter_random draw = random.stream(round);
            std::string text = good + good.substr(22);
            for (std::uint64_t change = 0; change < round % 4; ++change)
                text[22 + draw.below(text.size() - 22, 2 * change)] =
                    alphabet[draw.below(alphabet.size(), 2 * change + 1)];
            check_all_parts(text, {}, some);
            read_well += read(text, {}, 16, some.two).error.empty();
        }
        CHECK(read_well > 100);
        CHECK(read_well < 300);
    }
    SUBCASE("can be cancelled") {
        std::stop_source source;
        source.request_stop();
        const std::string text = table(9, ",", "\n");
        auto reader = delimited_reader::over_text("t.csv", text);
        CHECK_THROWS_AS(
            static_cast<void>(
                detail::interaction_reader(reader, {}, 64).read({.stop = source.get_token()})),
            cancelled);
    }
}
