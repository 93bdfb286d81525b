// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/normalizers.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace hybrec;
using tables::round_trip;

static_assert(affine_normalizer<as_is> && affine_normalizer<min_max> && affine_normalizer<z_score>);
static_assert(normalizer<percentile_rank> && normalizer<sigmoid>);
static_assert(archivable<as_is> && archivable<min_max> && archivable<z_score>);
static_assert(archivable<percentile_rank> && archivable<sigmoid>);

namespace {

template <class Normalizer>
std::vector<float> normalized(std::vector<float> scores,
                              const Normalizer& normalizer = Normalizer{}) {
    typename Normalizer::workspace memory;
    normalizer.normalize(std::span<float>{scores}, memory);
    return scores;
}

std::vector<float> random_scores(std::size_t count, std::uint64_t seed, double centre = 0) {
    std::vector<float> scores;
    for (std::size_t at = 0; at < count; ++at)
        scores.push_back(static_cast<float>(centre + counter_random{seed}.normal(at)));
    return scores;
}

static_assert(!affine_normalizer<percentile_rank> && !affine_normalizer<sigmoid>);
static_assert(!normalizer<int>);
static_assert(!makes_own_kind<as_is> && makes_own_kind<z_score>);
static_assert(kind_after<as_is, score_kind::rating> == score_kind::rating);
static_assert(kind_after<z_score, score_kind::rating> == score_kind::preference);
static_assert(kind_after<percentile_rank, score_kind::rating> == score_kind::probability);

constexpr float largest = std::numeric_limits<float>::max();

} // namespace

TEST_CASE("as_is leaves scores as they are") {
    CHECK(normalized<as_is>({3, -1}) == std::vector<float>{3, -1});
    CHECK(as_is{}.coefficients({})(2.5) == 2.5);
}

TEST_CASE("min_max spreads scores over [0, 1]") {
    CHECK(normalized<min_max>({2, 4, 3, -2}) == std::vector<float>{4 / 6.0F, 1, 5 / 6.0F, 0});
    CHECK(normalized<min_max>({}).empty());
    CHECK(normalized<min_max>({7}) == std::vector<float>{0.5F});
    CHECK(normalized<min_max>({-7, -7, -7}) == std::vector<float>{0.5F, 0.5F, 0.5F});
    CHECK(normalized<min_max>({largest, -largest, 0}) == std::vector<float>{1, 0, 0.5F});
    for (std::size_t count = 3; count <= 70; ++count) {
        auto scores = random_scores(count, count, 1e6);
        scores[count - 1] = 1e6F - 9;
        scores[count / 2] = 1e6F + 9;
        const auto result = normalized<min_max>(scores);
        CHECK(*std::min_element(result.begin(), result.end()) == 0);
        CHECK(*std::max_element(result.begin(), result.end()) == 1);
        for (std::size_t at = 0; at < count; ++at)
            CHECK(
                result[at] ==
                doctest::Approx((static_cast<double>(scores[at]) - (1e6 - 9)) / 18).epsilon(1e-6));
    }
}

TEST_CASE("z_score has mean 0 and deviation 1") {
    // Mean 5, squares 9 1 1 1 0 0 4 16, variance 4.
    CHECK(normalized<z_score>({2, 4, 4, 4, 5, 5, 7, 9}) ==
          std::vector<float>{-1.5F, -0.5F, -0.5F, -0.5F, 0, 0, 1, 2});
    CHECK(normalized<z_score>({}).empty());
    CHECK(normalized<z_score>({7}) == std::vector<float>{0});
    CHECK(normalized<z_score>(std::vector<float>(1001, 0.1F)) == std::vector<float>(1001, 0.0F));
    CHECK(normalized<z_score>({largest, -largest}) == std::vector<float>{1, -1});
    for (std::size_t count = 2; count <= 70; ++count) {
        const auto scores = random_scores(count, count, 1000);
        double mean = 0, variance = 0;
        for (const float score : scores)
            mean += static_cast<double>(score) / static_cast<double>(count);
        for (const float score : scores)
            variance += std::pow(static_cast<double>(score) - mean, 2) / static_cast<double>(count);
        const auto result = normalized<z_score>(scores);
        for (std::size_t at = 0; at < count; ++at)
            CHECK(std::abs(static_cast<double>(result[at]) -
                           (static_cast<double>(scores[at]) - mean) / std::sqrt(variance)) < 1e-6);
    }
}

TEST_CASE("affine normalizers say what they do") {
    const auto scores = random_scores(37, 1);
    const auto check = [&]<class Normalizer>(const Normalizer& normalizer) {
        const auto result = normalized<Normalizer>(scores);
        const affine_map map = normalizer.coefficients(scores);
        for (std::size_t at = 0; at < scores.size(); ++at)
            CHECK(static_cast<double>(result[at]) ==
                  doctest::Approx(map(static_cast<double>(scores[at]))).epsilon(1e-6));
    };
    check(as_is{});
    check(min_max{});
    check(z_score{});
}

TEST_CASE("percentile_rank places scores among the others") {
    CHECK(normalized<percentile_rank>({10, 30, 20, 25, 5}) ==
          std::vector<float>{0.25F, 1, 0.5F, 0.75F, 0});
    // Lower: 0 for both 1s, half of the other one: 0.5 of 4.
    CHECK(normalized<percentile_rank>({1, 3, 1, 2, 3}) ==
          std::vector<float>{0.125F, 0.875F, 0.125F, 0.5F, 0.875F});
    CHECK(normalized<percentile_rank>({}).empty());
    CHECK(normalized<percentile_rank>({7}) == std::vector<float>{0.5F});
    CHECK(normalized<percentile_rank>({7, 7}) == std::vector<float>{0.5F, 0.5F});
    CHECK(normalized<percentile_rank>({0.0F, -0.0F, -1, 1}) ==
          std::vector<float>{0.5F, 0.5F, 0, 1});
    for (const std::size_t count : {63U, 64U, 1000U}) {
        auto scores = random_scores(count, count);
        for (std::size_t at = 0; at < count; at += 3)
            scores[at] = std::round(scores[at]);
        const auto result = normalized<percentile_rank>(scores);
        for (std::size_t at = 0; at < count; ++at) {
            const auto lower = std::count_if(scores.begin(), scores.end(),
                                             [&](float other) { return other < scores[at]; });
            const auto equal = std::count(scores.begin(), scores.end(), scores[at]);
            CHECK(result[at] == static_cast<float>((static_cast<double>(lower) +
                                                    static_cast<double>(equal - 1) / 2) /
                                                   static_cast<double>(count - 1)));
        }
    }
}

TEST_CASE("sigmoid looks at one score at a time") {
    const auto result =
        normalized<sigmoid>({0, 1, -1, largest, -largest}, sigmoid{{.centre = 1, .scale = 2}});
    CHECK(result[0] == doctest::Approx(0.3775406688));
    CHECK(result[1] == 0.5F);
    CHECK(result[2] == doctest::Approx(0.2689414214));
    CHECK(result[3] == 1);
    CHECK(result[4] == 0);
    CHECK_THROWS_WITH_AS((void)sigmoid{{.scale = 0}},
                         "sigmoid: scale is 0; expected a finite number above 0", option_error);
    CHECK_THROWS_AS((void)(sigmoid{{.centre = std::nan("")}}), option_error);
}

TEST_CASE("normalizers keep the order of scores") {
    const auto check = [&]<class Normalizer>(const Normalizer&) {
        const auto scores = random_scores(200, 5);
        const auto result = normalized<Normalizer>(scores);
        for (std::size_t left = 0; left < scores.size(); ++left)
            for (std::size_t right = 0; right < scores.size(); ++right)
                if (scores[left] < scores[right])
                    CHECK(result[left] <= result[right]);
    };
    check(min_max{});
    check(z_score{});
    check(percentile_rank{});
    check(sigmoid{});
}

TEST_CASE("normalizers come back from archives") {
    const sigmoid stored{{.centre = 0.3, .scale = 0.1}};
    CHECK(round_trip(stored) == stored);
    CHECK(round_trip(z_score{}) == z_score{});
    tables::memory_archive damaged;
    damaged.write_real("sigmoid.centre", 0);
    damaged.write_real("sigmoid.scale", -1);
    CHECK_THROWS_WITH((void)sigmoid::load(damaged), doctest::Contains("scale is -1"));
}
