// SPDX-License-Identifier: MIT
/// @file
/// Tests of recognising data sets; with HYBREC_DATA, on the real ones.
#include <hybrec/data/read_dataset.hpp>

#include "temporary.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <vector>

using namespace hybrec;
using namespace hybrec_test;

using names = std::vector<std::string>;

namespace {

names categories_of(const dataset& data, std::string_view id) {
    const auto item = data.log.items.at(id).value();
    return item < data.categories.size() ? data.categories[item] : names{};
}

std::string title_of(const dataset& data, std::string_view id) {
    return data.title(data.log.items.at(id));
}

} // namespace

TEST_CASE("read_dataset") {
    const temporary_folder folder;

    SUBCASE("MovieLens latest, as a folder and as a file") {
        const auto ratings =
            folder.write("ratings.csv", "userId,movieId,rating,timestamp\n1,11,4.5,100\n2,7,3,90\n"
                                        "2,5,1,91\n");
        folder.write("movies.csv",
                     "movieId,title,genres\n11,\"American President, The (1995)\",Comedy|Drama\n"
                     "7,\"The \"\"X\"\"\",(no genres listed)\n999,Unseen,Drama\n");
        for (const auto& path : {folder.path(), ratings}) {
            const auto data = read_dataset(path);
            CHECK(data.log.events.size() == 3);
            CHECK(data.log.has_times);
            CHECK(data.log.items.size() == 3);
            CHECK(title_of(data, "11") == "American President, The (1995)");
            CHECK(title_of(data, "7") == "The \"X\"");
            CHECK(title_of(data, "5") == "5");
            CHECK(categories_of(data, "11") == names{"Comedy", "Drama"});
            CHECK(categories_of(data, "7").empty());
            CHECK_FALSE(data.test);
        }
        CHECK(read_dataset(folder.path()).name == folder.path().filename().string());
        CHECK(read_dataset(folder.path() / "").name == folder.path().filename().string());
        CHECK(read_dataset(ratings).name == "ratings");
    }
    SUBCASE("MovieLens 1M in its original form") {
        folder.write("ratings.dat", "1::1193::5::978300760\n1::661::3::978302109\n");
        folder.write("movies.dat", "1193::Mis\xE9rables, Les (1995)::Drama|Musical\n"
                                   "661::B::Children's\n");
        const auto data = read_dataset(folder.path());
        CHECK(data.log.events.size() == 2);
        CHECK(data.log.events[0].weight == 5);
        CHECK(data.log.events[1].time == 978302109);
        CHECK(title_of(data, "1193") == "Mis\xC3\xA9rables, Les (1995)");
        CHECK(categories_of(data, "1193") == names{"Drama", "Musical"});
    }
    SUBCASE("MovieLens 100K in its original form") {
        folder.write("u.data", "196\t242\t3\t881250949\n186\t302\t4\t891717742\n");
        folder.write("u.item",
                     "242|Kolya (1996)|24-Jan-1997||http://x|0|0|0|0|0|1|0|0|0|0|0|0|0|0|"
                     "0|0|0|0|0\n"
                     "302|\xC9t\xE9|01-Jan-1997||http://y|0|0|0|0|0|0|1|0|0|0|1|0|0|1|0|0|"
                     "1|0|1\n");
        const auto data = read_dataset(folder.path());
        CHECK(data.log.events.size() == 2);
        CHECK(data.log.events[1].weight == 4);
        CHECK(title_of(data, "242") == "Kolya (1996)");
        CHECK(title_of(data, "302") == "\xC3\x89t\xC3\xA9");
        CHECK(categories_of(data, "242") == names{"Comedy"});
        CHECK(categories_of(data, "302") ==
              names{"Crime", "Film-Noir", "Mystery", "Thriller", "Western"});
        folder.write("u.item", "242|Kolya (1996)|x\n");
        CHECK(mentions(
            message_of<data_error>([&] { static_cast<void>(read_dataset(folder.path())); }),
            "u.item:1:1: the row has 3 fields; expected 24"));
    }
    SUBCASE("RecBole's atomic files") {
        folder.write("x.inter", "user_id:token\titem_id:token\trating:float\ttimestamp:float\n"
                                "1\t2\t3\t4\n");
        folder.write("x.item", "item_id:token\tmovie_title:token_seq\trelease_year:token\t"
                               "class:token_seq\n2\tToy Story\t1995\tAnimation Children's\n");
        const auto data = read_dataset(folder.path());
        CHECK(title_of(data, "2") == "Toy Story (1995)");
        CHECK(categories_of(data, "2") == names{"Animation", "Children's"});
    }
    SUBCASE("anime: history rather than ratings") {
        folder.write("anime_ratings.dat", "User_ID\tAnime_ID\tFeedback\n1\t1\t8\n");
        folder.write("anime_info.dat", "anime_ids\tname\tgenre\ttype\tepisodes\trating\tmembers\n"
                                       "1\tKimi \"no\" Na wa.\tDrama, School\tMovie\t1\t9.4\t2\n");
        CHECK(read_dataset(folder.path()).log.events[0].weight == 8);
        const auto history =
            folder.write("anime_history.dat", "User_ID\tAnime_ID\tFeedback\n1\t1\t1\n1\t3\t1\n");
        const auto data = read_dataset(folder.path());
        CHECK(data.log.events.size() == 2);
        CHECK(title_of(data, "1") == "Kimi \"no\" Na wa.");
        CHECK(categories_of(data, "1") == names{"Drama", "School"});
        REQUIRE(data.columns.size() == 4);
        CHECK(data.columns[0].name == "type");
        CHECK(data.column("rating").texts == names{"9.4", ""}); // nothing is known about item 3
        CHECK(data.column("members").numbers()[0] == 2);
    }
    SUBCASE("Last.fm and Book-Crossing") {
        folder.write("user_artists.dat", "userID\tartistID\tweight\r\n2\t51\t13883\r\n");
        folder.write("artists.dat", "id\tname\turl\tpictureURL\n51\tDuran Duran\tu\tp\n");
        const auto music = read_dataset(folder.path());
        CHECK(music.log.events[0].weight == 13883);
        CHECK(title_of(music, "51") == "Duran Duran");

        const temporary_folder books;
        books.write("book_history.dat", "user\titem\taccessed\n1\t63\t1\n1\t2\t1\n");
        books.write("items_info.dat", "Book_ID\tISBN\tBook-Title\tBook-Author\n"
                                      "63\t0671027360\tAngels &amp\t Demons\tDan Brown\t\n"
                                      "2\t0393045218\tMummies\tE. J. W. Barber\t\n");
        const auto data = read_dataset(books.path());
        CHECK(title_of(data, "63") == "Angels & Demons");
        CHECK(title_of(data, "2") == "Mummies");
    }
    SUBCASE("fixed splits") {
        folder.write("train.txt", "0 1 2 3\n1 4\n");
        folder.write("test.txt", "0 4 5\n2 1 3\n"); // of constant length, but still lists
        folder.write("valid.txt", "1 1\n");
        const auto data = read_dataset(folder.path());
        REQUIRE(data.test);
        REQUIRE(data.validation);
        CHECK(data.log.users.size() == 3);
        CHECK(data.log.items.size() == 5);
        CHECK(data.log.matrix.entry_count() == 4);
        CHECK(data.test->entry_count() == 4);
        CHECK(data.validation->entry_count() == 1);
        for (const user_items* const part : {&data.log.matrix, &*data.test, &*data.validation}) {
            CHECK(part->row_count() == 3);
            CHECK(part->column_count() == 5);
        }
        const auto train_only = read_dataset(folder.path() / "train.txt");
        CHECK_FALSE(train_only.test);
        CHECK(train_only.log.users.size() == 2);

        const temporary_folder ncf;
        ncf.write("ml.train.tsv", "0\t0\n0\t1\n1\t1\n");
        ncf.write("ml.test.rating", "0\t2\t5\t9\n1\t0\t3\t9\n");
        const auto pairs = read_dataset(ncf.path());
        REQUIRE(pairs.test);
        CHECK(pairs.test->entry_count() == 2);
        CHECK(pairs.test->row(user_index(0)).values()[0] == 5);
        CHECK(pairs.test->row(user_index(1)).values()[0] == 3);
        CHECK(pairs.log.matrix.column_count() == 3);
    }
    SUBCASE("any other file") {
        CHECK(read_dataset(folder.write("log.tsv", "user\titem\na\tb\n")).log.events.size() == 1);
        CHECK(read_dataset(folder.write("l.txt", "1 2 3 4 5 6\n2 3\n")).log.events.size() == 6);
        const auto spaced = read_dataset(folder.write("s.txt", "1 2 3\n2 3 4\n"));
        CHECK(spaced.log.events.size() == 2);
        CHECK(spaced.log.events[1].weight == 4);
        CHECK(spaced.titles.empty());
        CHECK(spaced.title(item_index(0)) == "2");
    }
    SUBCASE("an unknown folder lists what was looked for") {
        folder.write("other.bin", "x");
        const std::string message =
            message_of<data_error>([&] { static_cast<void>(read_dataset(folder.path())); });
        for (const char* const part : {"no known data set", "ratings.csv", "u.data", "*.inter",
                                       "user_artists.dat", "train.txt with test.txt"})
            CHECK(mentions(message, part));
        CHECK(mentions(message, folder.path().string()));
        folder.write("train.txt", "1 2\n"); // without its test.txt
        CHECK_THROWS_AS(static_cast<void>(read_dataset(folder.path())), data_error);
        CHECK_THROWS_AS(static_cast<void>(read_dataset(folder.path() / "none")), data_error);
    }
    SUBCASE("a bad table of items is an error, not half a data set") {
        folder.write("ratings.csv", "userId,movieId,rating\n1,11,4\n");
        folder.write("movies.csv", "movieId,title,genres\n11,A, comma,Drama\n");
        CHECK(mentions(
            message_of<data_error>([&] { static_cast<void>(read_dataset(folder.path())); }),
            "movies.csv:2:"));
    }
}

TEST_CASE("read_dataset on real data") {
    const auto data_folder = real_data();
    if (!data_folder)
        return;
    struct expected {
        const char* name;
        std::size_t users, items, events;
        bool times, titles, categories;
        std::size_t validation, test;
    };
    for (const expected& one : std::vector<expected>{
             {"gowalla", 29858, 40981, 810128, false, false, false, 0, 217242},
             {"gowalla_valid", 29858, 40981, 719081, false, false, false, 91047, 217242},
             {"ncf-ml-1m", 6040, 3706, 994169, false, false, false, 0, 6040},
             {"ml-1m", 6040, 3706, 1000209, false, true, true, 0, 0},
             {"ml-100k", 943, 1682, 100000, true, true, true, 0, 0},
             {"ml-latest-small", 671, 9066, 100004, true, true, true, 0, 0},
             {"anime-5k", 5000, 7390, 520609, false, true, true, 0, 0},
             {"lastfm-2k", 1892, 17632, 92834, false, true, false, 0, 0},
             {"book-crossing", 2946, 17384, 272678, false, true, false, 0, 0},
             {"anime-5k/anime_ratings.dat", 4714, 7157, 419943, false, true, true, 0, 0},
             {"book-crossing/book_ratings.dat", 1295, 14684, 62656, false, true, false, 0, 0}}) {
        CAPTURE(one.name);
        if (!std::filesystem::exists(*data_folder / one.name)) {
            MESSAGE("skipped: not in HYBREC_DATA: " << one.name);
            continue;
        }
        const auto data = read_dataset(*data_folder / one.name);
        CHECK(data.log.users.size() == one.users);
        CHECK(data.log.items.size() == one.items);
        CHECK(data.log.events.size() == one.events);
        CHECK(data.log.matrix.entry_count() == one.events);
        CHECK(data.log.has_times == one.times);
        CHECK(data.titles.empty() != one.titles);
        CHECK(data.categories.empty() != one.categories);
        CHECK((data.test ? data.test->entry_count() : 0) == one.test);
        CHECK((data.validation ? data.validation->entry_count() : 0) == one.validation);
        if (data.test) {
            CHECK(data.test->row_count() == one.users);
            CHECK(data.test->column_count() == one.items);
        }
        for (const std::string& title : data.titles)
            REQUIRE(detail::find_invalid_utf8(title) == std::string_view::npos);
    }
    if (std::filesystem::exists(*data_folder / "ml-1m")) {
        const auto movies = read_dataset(*data_folder / "ml-1m");
        CHECK(title_of(movies, "1") == "Toy Story (1995)");
        CHECK(categories_of(movies, "1") == names{"Animation", "Children's", "Comedy"});
    }
}
