// SPDX-License-Identifier: MIT
/// @file
/// Invented interactions with the shape of public data sets, for measurements that need no
/// download.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::benchmarks {

/// What a shape looks like from afar. Users have `least_row` entries and more, log-normally; the
/// n-th most popular item is shown in proportion to (n + head)^−decay. The figures of the shapes
/// below follow MovieLens: medians and largest rows and columns are met within a factor of two.
struct shape {
    std::string_view name;
    std::size_t users;
    std::size_t items;
    std::size_t entries;   ///< met exactly
    std::size_t least_row; ///< entries of the least active user
    double row_spread;     ///< standard deviation of the logarithm of a row's length
    double head;           ///< how many items share the top of the popularity curve
    double decay;          ///< how fast popularity falls behind them
    std::uint64_t seed;
};

inline constexpr std::array<shape, 3> known_shapes{{
    {"ml1m", 6'040, 3'706, 1'000'209, 20, 1.2, 280, 2, 1},
    {"ml20m", 138'493, 26'744, 20'000'263, 20, 1.35, 300, 2.5, 20},
    {"tiny", 300, 200, 9'000, 5, 0.8, 20, 2, 3}, // for smoke tests
}};

/// The shape called `name`; null if there is none.
[[nodiscard]] inline const shape* find_shape(std::string_view name) noexcept {
    const auto found = std::ranges::find(known_shapes, name, &shape::name);
    return found == known_shapes.end() ? nullptr : &*found;
}

namespace detail {

/// Draws an index in proportion to a weight, in constant time (Walker 1977, Vose 1991).
class alias_table {
  public:
    explicit alias_table(const std::vector<double>& weights)
        : keep_(weights.size(), 1), other_(weights.size()) {
        const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) /
                            static_cast<double>(weights.size());
        std::vector<std::size_t> small, large;
        std::vector<double> left(weights.size());
        for (std::size_t at = 0; at < weights.size(); ++at) {
            left[at] = weights[at] / mean;
            (left[at] < 1 ? small : large).push_back(at);
        }
        while (!small.empty() && !large.empty()) {
            const std::size_t low = small.back();
            const std::size_t high = large.back();
            small.pop_back();
            keep_[low] = left[low];
            other_[low] = static_cast<std::uint32_t>(high);
            left[high] -= 1 - left[low];
            if (left[high] < 1) {
                large.pop_back();
                small.push_back(high);
            }
        }
    }

    /// The index for two independent 32-bit draws.
    [[nodiscard]] std::uint32_t pick(std::uint32_t cell, std::uint32_t side) const noexcept {
        const auto at = static_cast<std::uint32_t>((std::uint64_t{cell} * keep_.size()) >> 32);
        return static_cast<double>(side) * 0x1p-32 < keep_[at] ? at : other_[at];
    }

  private:
    std::vector<double> keep_;
    std::vector<std::uint32_t> other_;
};

/// Makes one matrix. Users and items have tastes, vectors whose inner product says how well they
/// fit; a user is shown items by popularity and takes those that fit. So there is something to
/// learn, and the trained vectors have a spectrum that falls off as those of real data do.
class shape_maker {
  public:
    explicit shape_maker(const shape& wanted)
        : shape_{wanted},
          random_{wanted.seed},
          popular_{popularity(wanted)},
          likes_(item_likes()) {}

    [[nodiscard]] user_items make(const execution& where) const {
        std::vector<offset> offsets = row_offsets();
        std::vector<item_index> columns(shape_.entries);
        std::vector<float> values(shape_.entries);
        where.threads().for_chunks(
            shape_.users, 64,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                std::vector<std::uint8_t> taken(shape_.items);
                for (std::size_t user = begin; user < end; ++user)
                    fill_row(user, columns.data() + offsets[user], values.data() + offsets[user],
                             offsets[user + 1] - offsets[user], taken);
            },
            where.stop);
        return {std::move(offsets), std::move(columns), std::move(values), shape_.items};
    }

  private:
    static constexpr std::size_t tastes = 32;
    // Streams 0 to 3 make the margins and the items, stream u + 4 makes user u.
    static constexpr std::uint64_t first_user_stream = 4;

    static std::vector<double> popularity(const shape& wanted) {
        std::vector<std::size_t> rank(wanted.items);
        std::iota(rank.begin(), rank.end(), std::size_t{1});
        counter_random{wanted.seed, 0}.shuffle(rank.begin(), rank.size());
        std::vector<double> weights(wanted.items);
        for (std::size_t item = 0; item < wanted.items; ++item)
            weights[item] = std::pow(static_cast<double>(rank[item]) + wanted.head, -wanted.decay);
        return weights;
    }

    /// Item vectors of expected length 1, whose k-th component is as large as 1/√k.
    std::vector<float> item_likes() const {
        double total = 0;
        for (std::size_t k = 0; k < tastes; ++k)
            total += 1 / static_cast<double>(k + 1);
        std::vector<float> likes(shape_.items * tastes);
        const counter_random draws = random_.stream(1);
        for (std::size_t at = 0; at < likes.size(); ++at)
            likes[at] = static_cast<float>(draws.normal(at) /
                                           std::sqrt(static_cast<double>(at % tastes + 1) * total));
        return likes;
    }

    /// Row lengths `least_row + scale·exp(spread·z)`, at most half of the items, with the
    /// scale that meets the number of entries; what rounding leaves over goes to the first rows.
    std::vector<offset> row_offsets() const {
        const counter_random draws = random_.stream(2);
        std::vector<double> activity(shape_.users);
        for (std::size_t user = 0; user < shape_.users; ++user)
            activity[user] = std::exp(shape_.row_spread * draws.normal(user));
        const std::size_t most = shape_.items / 2;
        const auto length = [&](std::size_t user, double scale) {
            return std::min(most,
                            shape_.least_row + static_cast<std::size_t>(scale * activity[user]));
        };
        const auto total = [&](double scale) {
            std::size_t sum = 0;
            for (std::size_t user = 0; user < shape_.users; ++user)
                sum += length(user, scale);
            return sum;
        };
        double low = 0, high = static_cast<double>(most);
        for (int step = 0; step < 60; ++step)
            (total((low + high) / 2) <= shape_.entries ? low : high) = (low + high) / 2;
        std::vector<offset> offsets(shape_.users + 1);
        std::size_t left = shape_.entries - total(low);
        for (std::size_t user = 0; user < shape_.users; ++user) {
            std::size_t size = length(user, low);
            if (left > 0 && size < most) {
                ++size;
                --left;
            }
            offsets[user + 1] = offsets[user] + size;
        }
        if (left > 0)
            throw option_error{"a shape has more entries than its rows can hold"};
        return offsets;
    }

    /// @param taken all zero, one flag per item; zero again afterwards
    void fill_row(std::size_t user, item_index* columns, float* values, std::size_t size,
                  std::vector<std::uint8_t>& taken) const {
        std::array<float, tastes> user_likes;
        const std::uint64_t stream = first_user_stream + user;
        const counter_random draws = random_.stream(stream);
        for (std::size_t k = 0; k < tastes; ++k)
            user_likes[k] = static_cast<float>(draws.normal(k));

        std::size_t filled = 0;
        const auto take = [&](std::uint32_t item, float fit, std::uint32_t draw) {
            taken[item] = 1;
            const float noise = static_cast<float>(draw) * 0x1p-31f - 1;
            columns[filled] = item_index(item);
            values[filled++] = std::clamp(std::round(2.5f + fit + noise), 1.0f, 5.0f);
        };
        // One block of the generator a proposal: its words pick the item, decide, and rate.
        for (std::uint32_t attempt = 0; filled < size && attempt < 64 * size; ++attempt) {
            const auto words = philox4x32({attempt, 1, static_cast<std::uint32_t>(stream),
                                           static_cast<std::uint32_t>(stream >> 32)},
                                          {static_cast<std::uint32_t>(shape_.seed), 0});
            const std::uint32_t item = popular_.pick(words[0], words[1]);
            if (taken[item])
                continue;
            const float fit = inner(user_likes.data(), likes_.data() + item * tastes);
            if (static_cast<float>(words[2]) * 0x1p-32f < 1 / (1 + std::exp(1.5f - 2 * fit)))
                take(item, fit, words[3]);
        }
        // A very active user may find nothing more to like: the rest is whatever comes first.
        for (std::uint32_t item = 0; item < shape_.items && filled < size; ++item)
            if (!taken[item])
                take(item, 0, 1u << 31);

        // Sorts items and values together: an item and its value fit one integer.
        std::vector<std::uint64_t> row(size);
        for (std::size_t at = 0; at < size; ++at) {
            taken[columns[at].value()] = 0;
            row[at] =
                (std::uint64_t{columns[at].value()} << 8) | static_cast<std::uint64_t>(values[at]);
        }
        std::ranges::sort(row);
        for (std::size_t at = 0; at < size; ++at) {
            columns[at] = item_index(static_cast<std::uint32_t>(row[at] >> 8));
            values[at] = static_cast<float>(row[at] & 0xFF);
        }
    }

    /// Four sums in a fixed order: the compiler may not reorder a single one.
    static float inner(const float* left, const float* right) noexcept {
        std::array<float, 4> sums{};
        for (std::size_t k = 0; k < tastes; k += 4)
            for (std::size_t lane = 0; lane < 4; ++lane)
                sums[lane] += left[k + lane] * right[k + lane];
        return (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }

    const shape& shape_;
    counter_random random_;
    alias_table popular_;
    std::vector<float> likes_;
};

} // namespace detail

/// Invents a matrix of the given shape: values 1 to 5, no duplicates, no empty row.
///
/// The shape decides every value for any number of threads (for the same build: the compiler may
/// contract products and sums). Complexity: about four proposals per entry; 20 M entries take a
/// few seconds.
[[nodiscard]] inline user_items make_shape(const shape& wanted, const execution& where = {}) {
    return detail::shape_maker{wanted}.make(where);
}

} // namespace hybrec::benchmarks
