// SPDX-License-Identifier: MIT
/// @file
/// Tests of reading logs from tables.
#include <hybrec/data/read_interactions.hpp>

#include "temporary.hpp"

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace hr = hybrec;
using namespace hybrec;
using namespace hybrec_test;

namespace {

interaction_log read(std::string_view text, const interaction_columns& columns = {}) {
    const temporary_folder folder;
    return read_interactions(folder.write("log.csv", text), columns);
}

/// The message of a data_error, without the folder.
std::string reading_failure(std::string_view text, const interaction_columns& columns = {}) {
    const std::string message =
        message_of<data_error>([&] { static_cast<void>(read(text, columns)); });
    const std::size_t name = message.find("log.csv");
    return name == std::string::npos ? message : message.substr(name);
}

float weight_of(const interaction_log& log, std::string_view user, std::string_view item) {
    for (const auto [index, weight] : log.matrix.row(log.users.at(user)))
        if (index == log.items.at(item))
            return weight;
    return 0;
}

} // namespace

TEST_CASE("read_interactions") {
    SUBCASE("named columns in any order") {
        const temporary_folder folder;
        const auto path = folder.write("purchases.csv", "quantity,note,item_id,user_id\n"
                                                        "2,\"a, b\",PROD_ABC,USR_1\n"
                                                        "1,,PROD_X,USR_2\n"
                                                        "3,,PROD_ABC,USR_1\n");
        const auto log = hr::read_interactions(
            path, {.user = "user_id", .item = "item_id", .weight = "quantity"});
        REQUIRE(log.users.size() == 2);
        REQUIRE(log.items.size() == 2);
        CHECK(log.users[user_index(0)] == "USR_1");
        CHECK(log.items[item_index(1)] == "PROD_X");
        REQUIRE(log.events.size() == 3);
        CHECK(log.events[2] ==
              interaction{.user = user_index(0), .item = item_index(0), .weight = 3});
        CHECK_FALSE(log.has_times);
        CHECK(log.kinds.empty());
        CHECK(log.matrix.row_count() == 2);
        CHECK(log.matrix.column_count() == 2);
        CHECK(weight_of(log, "USR_1", "PROD_ABC") == 5);
        CHECK(weight_of(log, "USR_2", "PROD_X") == 1);
    }
    SUBCASE("usual names are recognised in every spelling") {
        for (const char* const header :
             {"userId,movieId,rating,timestamp",
              "user_id:token,item_id:token,rating:float,timestamp:float",
              "User-ID,ISBN,Book-Rating,Date", "USER ID,anime_ids,Feedback,time",
              "visitorid,product,QTY,created_at", "customer_id,artistID,weight,unix_time"}) {
            CAPTURE(header);
            const auto log = read(std::string{header} + "\nu,i,4.5,100\n");
            REQUIRE(log.events.size() == 1);
            CHECK(log.events[0].weight == 4.5f);
            CHECK(log.events[0].time == 100);
            CHECK(log.has_times);
            CHECK(log.users.contains("u"));
            CHECK(log.items.contains("i"));
        }
    }
    SUBCASE("usual names in another order, and kinds") {
        const auto log =
            read("timestamp,visitorid,event,itemid\n5,u,view,i\n6,u,buy,i\n7,v,view,i\n");
        CHECK(log.kinds == std::vector<std::string>{"view", "buy"});
        CHECK(log.events[1].kind == 1);
        CHECK(log.events[2].kind == 0);
        CHECK(log.events[1].time == 6);
        CHECK(weight_of(log, "u", "i") == 2);
    }
    SUBCASE("without a header, columns go by position or by number") {
        const auto by_position = read("196\t242\t3\t881250949\n186\t302\t4\t891717742\n");
        REQUIRE(by_position.events.size() == 2);
        CHECK(by_position.events[1].weight == 4);
        CHECK(by_position.events[1].time == 891717742);
        CHECK(by_position.users[user_index(0)] == "196");

        const auto by_number = read("9,i,u\n8,j,u\n", {.user = "3", .item = "2", .weight = "1"});
        CHECK(by_number.users.size() == 1);
        CHECK(weight_of(by_number, "u", "j") == 8);

        const auto pairs = read("a::b\nc::d\n");
        CHECK(pairs.events.size() == 2);
        CHECK_FALSE(pairs.has_times);

        // An id that happens to be a usual name is no header if the columns are numbered.
        CHECK(read("ann,book,3\n", {.user = "1", .item = "2"}).events.size() == 1);
        CHECK(read("user,item\nu,i\n", {.header = header_row::absent}).events.size() == 2);
        CHECK(read("who,what\nu,i\n", {.user = "who", .item = "what"}).events.size() == 1);
        CHECK(read("7,8\nu,i\n", {.user = "7", .item = "8"}).users.contains("u"));
        CHECK(mentions(reading_failure("a,b\nu,i\n", {.header = header_row::present}),
                       "no column is"));
    }
    SUBCASE("columns can be left out") {
        const auto log = read("user,item,rating,date\nu,i,5,1 May\n",
                              {.weight = std::string{no_column}, .time = std::string{no_column}});
        CHECK(log.events[0].weight == 1);
        CHECK_FALSE(log.has_times);
    }
    SUBCASE("times in all forms") {
        const auto log = read("user;item;time\n1;1;2024-05-01\n1;2;2024-05-01T12:30:00Z\n"
                              "1;3;2024-05-01 12:30:00\n1;4;1714521600.9\n1;5;-3\n");
        REQUIRE(log.events.size() == 5);
        CHECK(log.events[0].time == 1714521600);
        CHECK(log.events[1].time == 1714566600);
        CHECK(log.events[2].time == 1714566600);
        CHECK(log.events[3].time == 1714521600);
        CHECK(log.events[4].time == -3);
    }
    SUBCASE("duplicates") {
        const std::string_view text = "user,item,rating\nu,i,2\nu,i,5\nu,i,3\n";
        CHECK(weight_of(read(text), "u", "i") == 10);
        CHECK(weight_of(read(text, {.repeated = duplicates::last}), "u", "i") == 3);
        CHECK(weight_of(read(text, {.repeated = duplicates::largest}), "u", "i") == 5);
        CHECK(read(text, {.repeated = duplicates::last}).events.size() == 3);
        CHECK(mentions(reading_failure(text, {.repeated = duplicates::refuse}),
                       "log.csv:3:1: user \"u\" and item \"i\" occur together"));
    }
    SUBCASE("a minimum weight skips events and ids") {
        const auto log = read("user,item,rating\nu,i,2\nv,j,4\n", {.minimum_weight = 4});
        CHECK(log.events.size() == 1);
        CHECK_FALSE(log.users.contains("u"));
        CHECK_THROWS_AS(read("a,b\n", {.minimum_weight = std::numeric_limits<float>::quiet_NaN()}),
                        option_error);
    }
    SUBCASE("a missing column lists those that exist") {
        const std::string message = reading_failure("user_id,item_id,price\nu,i,1\n",
                                                    {.user = "user_id", .weight = "quantity"});
        CHECK(message == "log.csv:1: there is no column \"quantity\" for the weight; the columns "
                         "are \"user_id\", \"item_id\", \"price\"");
        CHECK(mentions(reading_failure("1,2,3\n", {.user = "4"}),
                       "columns are named \"1\" to \"3\""));
        CHECK(mentions(reading_failure("foo,bar,baz\nu,i,1\n"),
                       "no column is recognised as the user; the columns are \"foo\""));
        CHECK(mentions(reading_failure("word\nword\n"), "there is one column"));
    }
    SUBCASE("bad weights name line, column and value") {
        for (const char* const bad : {"nan", "inf", "-inf", "five", "1e99", "4,5x", ""}) {
            const std::string cell{bad};
            CAPTURE(cell);
            CHECK(reading_failure("user;item;rating\nu;i;1\nu;jj;" + cell + "\n") ==
                  "log.csv:3:6: the weight is \"" + cell + "\"; expected a finite number");
        }
    }
    SUBCASE("bad times and empty ids") {
        CHECK(mentions(reading_failure("user,item,time\nu,i,noon\n"),
                       "log.csv:2:5: the time is \"noon\"; expected seconds since 1970"));
        CHECK(reading_failure("user,item\n,i\n") ==
              "log.csv:2:1: the user is empty; expected an id");
        CHECK(reading_failure("user,item\nu,\" \"\n") ==
              "log.csv:2:4: the item is empty; expected an id");
    }
    SUBCASE("bad files") {
        CHECK(mentions(reading_failure(""), "log.csv: is empty; expected"));
        CHECK(mentions(reading_failure("\n\n"), "log.csv: is empty; expected"));
        CHECK(mentions(reading_failure("user,item\n"),
                       "log.csv:1: there is a header but no interaction"));
        CHECK(
            mentions(reading_failure("user,item\nu,i\nu\n"), "log.csv:3:1: the row has 1 fields"));
        CHECK(mentions(reading_failure("user,item\nu,\"i\n"),
                       "log.csv:2:3: the quote that opens here"));
        CHECK_THROWS_AS(static_cast<void>(read_interactions("/nonexistent/log.csv")), data_error);
    }
    SUBCASE("BOM, CRLF and latin-1") {
        const auto log = read("\xEF\xBB\xBFuser,item\r\nu,i\r\n");
        CHECK(log.users.contains("u"));
        CHECK(log.items.contains("i"));
        CHECK(read("user,item\nJos\xE9,i\n").users.contains("Jos\xC3\xA9"));
        CHECK(read("\"user\",\"item\"\n\"u\",\"i\"\n").items.contains("i"));
    }
}

TEST_CASE("read_interactions never crashes") {
    // Random bytes and mutations of a good file: a log that keeps its invariants, or a data_error.
    const std::string good =
        "user,item,rating,timestamp\n\"a \"\"b\"\"\",x,1.5,100\r\n"
        "b,\"y,z\",2,2024-05-01\n\nc,\"multi\nline\",3e0,2024-05-01T01:02:03Z\n";
    constexpr std::string_view alphabet =
        "\",;:\t\r\n|0123456789.-+eE naNiInfuser_idTZ\xC3\xA9\xFF";
    const counter_random random{7};
    const temporary_folder folder;
    std::size_t parsed = 0;
    std::size_t refused = 0;
    for (std::uint64_t round = 0; round < 3000; ++round) {
        const counter_random draw = random.stream(round);
        std::uint64_t at = 0;
        std::string text;
        if (round % 3 == 0) {
            text.resize(draw.below(80, at++));
            for (char& letter : text)
                letter = round % 2 == 0 ? static_cast<char>(draw.below(256, at++))
                                        : alphabet[draw.below(alphabet.size(), at++)];
        } else {
            text = good;
            for (std::uint64_t change = draw.below(4, at++) + 1; change > 0 && !text.empty();
                 --change) {
                const std::size_t place = draw.below(text.size(), at++);
                const char letter = alphabet[draw.below(alphabet.size(), at++)];
                switch (draw.below(4, at++)) {
                case 0:
                    text[place] = letter;
                    break;
                case 1:
                    text.erase(place, 1 + draw.below(5, at++));
                    break;
                case 2:
                    text.insert(place, 1, letter);
                    break;
                default:
                    text.resize(place + 1);
                    break;
                }
            }
        }
        try {
            const auto log = read_interactions(folder.write("fuzz.csv", text));
            ++parsed;
            REQUIRE(!log.events.empty());
            REQUIRE(log.matrix.row_count() == log.users.size());
            REQUIRE(log.matrix.column_count() == log.items.size());
            for (const interaction& event : log.events) {
                REQUIRE(event.user.value() < log.users.size());
                REQUIRE(event.item.value() < log.items.size());
                REQUIRE(std::isfinite(event.weight));
            }
        } catch (const data_error&) {
            ++refused;
        } catch (const numeric_error&) {
            ++refused; // the sum of two huge weights
        }
    }
    CHECK(parsed > 100);
    CHECK(refused > 100);
}
