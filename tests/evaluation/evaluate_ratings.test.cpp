// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/evaluate_ratings.hpp>

#include "items.hpp"
#include "toy_recommender.hpp"

#include <hybrec/evaluation/mae.hpp>
#include <hybrec/evaluation/rmse.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace hr = hybrec;

namespace {

struct rater : toy::recommender {
    static constexpr hr::score_kind kind = hr::score_kind::rating;
};

} // namespace

static_assert(hr::rating_model<rater>);
static_assert(!hr::rating_model<toy::recommender>, "preferences are not ratings");

TEST_CASE("evaluate_ratings judges the predictions for all entries of the test matrix") {
    rater model{{{{1, 2, 3}, {4, 5, 3}}}};
    const hr::user_items test{
        {0, 2, 3}, {hr::item_index{0}, hr::item_index{2}, hr::item_index{1}}, {2, 3, 3}, 3};
    for (const std::size_t threads : {1U, 2U, 3U}) {
        hr::thread_pool pool{threads};
        const auto report =
            hr::evaluate_ratings({.pool = &pool}, model, test, hr::rmse{}, hr::mae{});
        CHECK(report.ratings == 3); // errors −1, 0, 2
        CHECK(report.value("rmse") == doctest::Approx(std::sqrt(5.0 / 3)));
        CHECK(report.value("mae") == doctest::Approx(1));
    }
    CHECK_THROWS_WITH_AS((void)hr::evaluate_ratings(model, hr::user_items{2, 4}, hr::mae{}),
                         doctest::Contains("4 items"), hr::shape_error);
    model.scores[1][1] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH_AS((void)hr::evaluate_ratings(model, test, hr::mae{}),
                         doctest::Contains("user 1 and item 1"), hr::numeric_error);
}
