// SPDX-License-Identifier: MIT
/// @file
/// An invented catalogue whose users' tastes are known: for examples and tests without data.
#pragma once

#include <hybrec/core/clock.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/data/dataset.hpp>
#include <hybrec/data/detail/synthetic_words.hpp>
#include <hybrec/data/interaction.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec {

/// How `make_synthetic_catalogue` invents.
struct synthetic_options {
    std::size_t users = 2000;      ///< at least 1
    std::size_t items = 800;       ///< at least `tastes`
    std::size_t tastes = 12;       ///< genres that users like or not; 1 to 16
    double mean_interactions = 40; ///< per user, about; from 2 to half of the items
    double popularity_skew = 0.8; ///< the n-th most popular item is drawn as often as 1/nˢ; 0 to 3
    double noise = 0.1;           ///< share of interactions that follow no taste; 0 to 1
    unix_seconds begin = 1704067200; ///< the first day of the year that the log covers: 2024-01-01
    std::uint64_t seed = 42;
};

/// A data set with the truth that was planted in it.
struct synthetic_catalogue : dataset {
    std::vector<std::string> genres;                   ///< names, by genre
    std::vector<std::vector<std::size_t>> item_genres; ///< by item: one genre, or two
    std::vector<std::vector<double>> user_tastes; ///< by user, then genre: shares that add up to 1
};

namespace detail {

/// Draws items in proportion to their popularity, of all or of one genre.
template <class = on_use>
class item_urn {
  public:
    void add(item_index item, double popularity) {
        items_.push_back(item);
        sums_.push_back((sums_.empty() ? 0 : sums_.back()) + popularity);
    }
    /// @pre 0 ≤ `draw` < 1, and the urn is not empty.
    [[nodiscard]] item_index pick(double draw) const {
        const auto found = std::upper_bound(sums_.begin(), sums_.end(), draw * sums_.back());
        const auto at = static_cast<std::size_t>(found - sums_.begin());
        return items_[std::min(at, items_.size() - 1)];
    }

  private:
    std::vector<item_index> items_;
    std::vector<double> sums_;
};

/// "u00042": ids of equal length that sort like their numbers.
template <class = on_use>
[[nodiscard]] std::string padded_id(char kind, std::size_t number, std::size_t count) {
    const std::string digits = std::to_string(number);
    const std::size_t width = std::max<std::size_t>(5, std::to_string(count - 1).size());
    return kind + std::string(width - digits.size(), '0') + digits;
}

template <class = on_use>
void check_synthetic_options(const synthetic_options& options) {
    constexpr std::string_view owner = "make_synthetic_catalogue";
    const auto number = [](std::size_t value) { return static_cast<double>(value); };
    require_option(options.users >= 1 && options.users <= max_index_count, owner, "users",
                   number(options.users), "1 to 4294967295");
    require_option(options.tastes >= 1 && options.tastes <= std::size(genre_vocabulary), owner,
                   "tastes", number(options.tastes),
                   "1 to " + std::to_string(std::size(genre_vocabulary)));
    require_option(options.items >= std::max<std::size_t>(4, options.tastes) &&
                       options.items <= max_index_count,
                   owner, "items", number(options.items),
                   "at least 4, at least as many as tastes, at most 4294967295");
    require_option(options.mean_interactions >= 2 &&
                       options.mean_interactions <= number(options.items) / 2,
                   owner, "mean_interactions", options.mean_interactions, "2 to half of the items");
    require_option(options.popularity_skew >= 0 && options.popularity_skew <= 3, owner,
                   "popularity_skew", options.popularity_skew, "0 to 3");
    require_option(options.noise >= 0 && options.noise <= 1, owner, "noise", options.noise,
                   "0 to 1");
}

/// Invents items, then users, then what they do, each from streams of its own.
template <class = on_use>
class catalogue_maker {
  public:
    explicit catalogue_maker(const synthetic_options& options) : options_{options} {}

    [[nodiscard]] synthetic_catalogue make() {
        made_.name = "synthetic";
        made_.log.has_times = true;
        make_items();
        for (std::size_t user = 0; user < options_.users; ++user)
            make_user(user);
        std::stable_sort(made_.log.events.begin(), made_.log.events.end(),
                         [](const interaction& left, const interaction& right) {
                             return left.time < right.time;
                         });
        made_.log.matrix = to_matrix(made_.log.events, options_.users, options_.items);
        return std::move(made_);
    }

  private:
    // Streams 0 to 3 make the items, stream u + 4 makes user u.
    static constexpr std::uint64_t first_user_stream = 4;

    void make_items() {
        const std::size_t count = options_.items;
        const counter_random random{options_.seed};
        std::vector<std::size_t> rank(count);
        std::iota(rank.begin(), rank.end(), std::size_t{1});
        random.stream(0).shuffle(rank.begin(), count);
        std::vector<std::size_t> genre_of(count);
        for (std::size_t item = 0; item < count; ++item)
            genre_of[item] = item % options_.tastes;
        random.stream(1).shuffle(genre_of.begin(), count);

        for (std::size_t genre = 0; genre < options_.tastes; ++genre)
            made_.genres.emplace_back(genre_vocabulary[genre].name);
        by_genre_.resize(options_.tastes);
        std::vector<std::size_t> made_of_genre(options_.tastes);
        for (std::size_t item = 0; item < count; ++item) {
            const auto index = made_.log.items.add(padded_id('i', item, count));
            const double popularity =
                std::pow(static_cast<double>(rank[item]), -options_.popularity_skew);
            std::vector<std::size_t> genres{genre_of[item]};
            if (options_.tastes > 1 && random.stream(2).uniform(item) < 0.3)
                genres.push_back(
                    (genre_of[item] + 1 +
                     static_cast<std::size_t>(random.stream(3).below(options_.tastes - 1, item))) %
                    options_.tastes);
            std::vector<std::string> names;
            all_.add(index, popularity);
            for (const std::size_t genre : genres) {
                by_genre_[genre].add(index, popularity);
                names.push_back(made_.genres[genre]);
            }
            made_.titles.push_back(
                invented_title(genre_vocabulary[genres[0]], made_of_genre[genres[0]]++));
            made_.categories.push_back(std::move(names));
            made_.item_genres.push_back(std::move(genres));
        }
    }

    void make_user(std::size_t number) {
        const counter_random random = counter_random{options_.seed}.stream(
            first_user_stream + static_cast<std::uint64_t>(number));
        std::uint64_t position = 0;
        const user_index user = made_.log.users.add(padded_id('u', number, options_.users));

        // One to three favourite genres, each worth half of the one before.
        std::vector<double> tastes(options_.tastes);
        const std::size_t favourites =
            std::min(options_.tastes, 1 + static_cast<std::size_t>(random.below(3, position++)));
        double total = 0;
        for (std::size_t chosen = 0; chosen < favourites;) {
            double& taste = tastes[random.below(options_.tastes, position++)];
            if (taste > 0)
                continue;
            taste = std::pow(0.5, static_cast<double>(chosen++));
            total += taste;
        }
        for (double& taste : tastes)
            taste /= total;

        // Activity is log-normal with the mean asked for: E exp(σz − σ²/2) = 1.
        constexpr double spread = 0.6;
        const double activity = std::exp(spread * random.normal(position++) - spread * spread / 2);
        const auto wanted =
            static_cast<std::size_t>(std::clamp(std::round(options_.mean_interactions * activity),
                                                2.0, static_cast<double>(options_.items) / 2));

        std::vector<item_index> chosen;
        // Favourite genres may run dry, hence a limit to the attempts.
        for (std::size_t attempt = 0; attempt < 30 * wanted && chosen.size() < wanted; ++attempt) {
            const bool strays = random.uniform(position++) < options_.noise;
            const double genre_draw = random.uniform(position++);
            const double item_draw = random.uniform(position++);
            const double weight_draw = random.uniform(position++);
            const double time_draw = random.uniform(position++);
            const item_urn<>& urn = strays ? all_ : by_genre_[pick_genre(tastes, genre_draw)];
            const item_index item = urn.pick(item_draw);
            if (std::find(chosen.begin(), chosen.end(), item) != chosen.end())
                continue;
            chosen.push_back(item);
            // How often the item is used: 1 for half of what fits no taste, more for favourites.
            const double liking = strays ? 1 : 3;
            const double uses = 1 + std::floor(-liking * std::log(1 - weight_draw));
            constexpr double year = 366.0 * 86400;
            made_.log.events.push_back(
                {.user = user,
                 .item = item,
                 .weight = static_cast<float>(std::min(uses, 30.0)),
                 .time = options_.begin + static_cast<unix_seconds>(time_draw * year)});
        }
        made_.user_tastes.push_back(std::move(tastes));
    }

    [[nodiscard]] static std::size_t pick_genre(const std::vector<double>& tastes, double draw) {
        std::size_t picked = 0;
        for (std::size_t genre = 0; genre < tastes.size(); ++genre) {
            if (tastes[genre] <= 0)
                continue;
            picked = genre;
            if (draw < tastes[genre])
                break;
            draw -= tastes[genre];
        }
        return picked;
    }

    const synthetic_options& options_;
    synthetic_catalogue made_;
    item_urn<> all_;
    std::vector<item_urn<>> by_genre_;
};

} // namespace detail

/// Invents a catalogue and a year of interactions: each user likes one to three genres, each item
/// has one or two and a popularity that follows a power law, and an interaction picks a genre by
/// the user's taste and then an item by its popularity. Titles are unique and name the genre; a
/// user meets an item at most once, with a weight of 1 to 30; the log is in the order of time.
///
/// Deterministic: the options decide every bit (for the same implementation of `std::exp`, `log`
/// and `pow`). Complexity: O(interactions · log(items)), and quadratic in one user's interactions.
/// @throws option_error naming the option and its range.
template <class = on_use>
[[nodiscard]] synthetic_catalogue make_synthetic_catalogue(const synthetic_options& options = {}) {
    detail::check_synthetic_options(options);
    return detail::catalogue_maker{options}.make();
}

} // namespace hybrec
