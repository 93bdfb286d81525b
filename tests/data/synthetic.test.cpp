// SPDX-License-Identifier: MIT
/// @file
/// Tests of the invented catalogue.
#include <hybrec/data/synthetic.hpp>

#include <hybrec/data/split_random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <set>
#include <string>
#include <vector>

using namespace hybrec;

namespace {

/// The mean share of a user's test items among the ten best-scored items that are not in training.
template <class Score>
double recall_at_10(const split& parts, Score score) {
    double total = 0;
    std::size_t users = 0;
    std::vector<std::size_t> order(parts.train.column_count());
    for (std::size_t number = 0; number < parts.train.row_count(); ++number) {
        const user_index user(number);
        const auto wanted = parts.test.row(user);
        if (wanted.empty())
            continue;
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::vector<double> scores(order.size());
        for (std::size_t item = 0; item < order.size(); ++item)
            scores[item] =
                parts.train.row(user).contains(item_index(item)) ? -1 : score(number, item);
        std::partial_sort(order.begin(), order.begin() + 10, order.end(),
                          [&](std::size_t left, std::size_t right) {
                              return scores[left] != scores[right] ? scores[left] > scores[right]
                                                                   : left < right;
                          });
        double hits = 0;
        for (std::size_t rank = 0; rank < 10; ++rank)
            hits += wanted.contains(item_index(order[rank]));
        total += hits / static_cast<double>(std::min<std::size_t>(10, wanted.size()));
        ++users;
    }
    return total / static_cast<double>(users);
}

} // namespace

TEST_CASE("make_synthetic_catalogue") {
    SUBCASE("the default") {
        const auto made = make_synthetic_catalogue();
        CHECK(made.name == "synthetic");
        REQUIRE(made.log.users.size() == 2000);
        REQUIRE(made.log.items.size() == 800);
        CHECK(made.log.users[user_index(12)] == "u00012");
        CHECK(made.log.items[item_index(34)] == "i00034");
        CHECK(made.log.has_times);
        CHECK(made.log.matrix.row_count() == 2000);
        CHECK(made.log.matrix.column_count() == 800);
        CHECK(made.log.matrix.entry_count() == made.log.events.size());
        const double mean = static_cast<double>(made.log.events.size()) / 2000;
        CHECK(mean > 36);
        CHECK(mean < 44);

        REQUIRE(made.titles.size() == 800);
        CHECK(std::set<std::string>(made.titles.begin(), made.titles.end()).size() == 800);
        REQUIRE(made.categories.size() == 800);
        REQUIRE(made.item_genres.size() == 800);
        CHECK(made.genres.size() == 12);
        std::size_t doubles = 0;
        for (std::size_t item = 0; item < 800; ++item) {
            const auto& genres = made.item_genres[item];
            REQUIRE((genres.size() == 1 || genres.size() == 2));
            doubles += genres.size() == 2;
            REQUIRE(made.categories[item].size() == genres.size());
            for (std::size_t at = 0; at < genres.size(); ++at)
                CHECK(made.categories[item][at] == made.genres[genres[at]]);
            if (genres.size() == 2)
                CHECK(genres[0] != genres[1]);
            CHECK(made.titles[item].starts_with("The "));
            CHECK(made.titles[item].ends_with("(" + made.genres[genres[0]] + ")"));
        }
        CHECK(doubles > 160);
        CHECK(doubles < 320);

        REQUIRE(made.user_tastes.size() == 2000);
        for (const auto& tastes : made.user_tastes) {
            CHECK(std::accumulate(tastes.begin(), tastes.end(), 0.0) == doctest::Approx(1));
            const auto liked =
                std::count_if(tastes.begin(), tastes.end(), [](double taste) { return taste > 0; });
            CHECK(liked >= 1);
            CHECK(liked <= 3);
        }
        unix_seconds before = 1704067200;
        for (const interaction& event : made.log.events) {
            REQUIRE(event.time >= before);
            before = event.time;
            REQUIRE(event.weight >= 1);
            REQUIRE(event.weight <= 30);
            REQUIRE(event.weight == std::floor(event.weight));
        }
        CHECK(before < 1704067200 + 366 * 86400);
    }
    SUBCASE("the seed decides every bit") {
        const synthetic_options options{.users = 100, .items = 60, .mean_interactions = 10};
        const auto made = make_synthetic_catalogue(options);
        const auto again = make_synthetic_catalogue(options);
        CHECK(made.log.events == again.log.events);
        CHECK(made.log.matrix == again.log.matrix);
        CHECK(made.titles == again.titles);
        CHECK(made.user_tastes == again.user_tastes);
        auto other = options;
        other.seed = 43;
        CHECK_FALSE(make_synthetic_catalogue(other).log.matrix == made.log.matrix);
    }
    SUBCASE("who knows the tastes beats popularity clearly") {
        const auto made = make_synthetic_catalogue({.users = 500, .seed = 5});
        const auto parts = split_random(made.log);
        std::vector<double> popularity(made.log.items.size(), 0.01);
        for (std::size_t user = 0; user < parts.train.row_count(); ++user)
            for (const auto [item, weight] : parts.train.row(user_index(user)))
                popularity[item.value()] += 1;
        const double popular =
            recall_at_10(parts, [&](std::size_t, std::size_t item) { return popularity[item]; });
        const double informed = recall_at_10(parts, [&](std::size_t user, std::size_t item) {
            double taste = 0;
            for (const std::size_t genre : made.item_genres[item])
                taste += made.user_tastes[user][genre];
            return taste * popularity[item];
        });
        CAPTURE(popular);
        CAPTURE(informed);
        CHECK(informed > 2 * popular);
        CHECK(popular > 0);
    }
    SUBCASE("popularity follows the skew, and noise ignores tastes") {
        const auto largest_share = [](const synthetic_catalogue& made) {
            std::vector<std::size_t> counts(made.log.items.size());
            for (const interaction& event : made.log.events)
                ++counts[event.item.value()];
            std::sort(counts.rbegin(), counts.rend());
            return static_cast<double>(
                       std::accumulate(counts.begin(), counts.begin() + 20, std::size_t{0})) /
                   static_cast<double>(made.log.events.size());
        };
        const double flat = largest_share(make_synthetic_catalogue(
            {.users = 300, .items = 200, .mean_interactions = 15, .popularity_skew = 0}));
        const double steep = largest_share(make_synthetic_catalogue(
            {.users = 300, .items = 200, .mean_interactions = 15, .popularity_skew = 1.5}));
        CHECK(flat < 0.25);
        CHECK(steep > 0.4);

        const auto pure = make_synthetic_catalogue({.users = 200, .noise = 0});
        for (const interaction& event : pure.log.events) {
            double taste = 0;
            for (const std::size_t genre : pure.item_genres[event.item.value()])
                taste += pure.user_tastes[event.user.value()][genre];
            REQUIRE(taste > 0);
        }
    }
    SUBCASE("many items of few genres still have unique titles") {
        const auto made = make_synthetic_catalogue(
            {.users = 5, .items = 1000, .tastes = 1, .mean_interactions = 5});
        CHECK(std::set<std::string>(made.titles.begin(), made.titles.end()).size() == 1000);
    }
    SUBCASE("every genre has words for as many different titles") {
        for (const auto& genre : detail::genre_vocabulary) {
            CAPTURE(genre.name);
            std::set<std::string> titles;
            for (std::size_t number = 0; number < 90; ++number)
                titles.insert(detail::invented_title(genre, number));
            CHECK(titles.size() == 90);
            CHECK(std::ranges::count(genre.adjectives, ',') == 8);
            CHECK(std::ranges::count(genre.nouns, ',') == 9);
        }
    }
    SUBCASE("the smallest and the largest number of tastes") {
        CHECK(
            make_synthetic_catalogue({.users = 1, .items = 4, .tastes = 1, .mean_interactions = 2})
                .log.events.size() == 2);
        CHECK(make_synthetic_catalogue({.users = 50, .tastes = 16}).genres.size() == 16);
    }
    SUBCASE("options") {
        const auto refuses = [](const synthetic_options& options) {
            CHECK_THROWS_AS(static_cast<void>(make_synthetic_catalogue(options)), option_error);
        };
        refuses({.users = 0});
        refuses({.items = 3, .tastes = 1, .mean_interactions = 1});
        refuses({.tastes = 0});
        refuses({.tastes = 17});
        refuses({.mean_interactions = 401});
        refuses({.popularity_skew = -1});
        refuses({.noise = 1.5});
        refuses({.noise = std::numeric_limits<double>::quiet_NaN()});
    }
}
