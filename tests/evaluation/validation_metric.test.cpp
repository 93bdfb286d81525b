// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/validation_metric.hpp>

#include "items.hpp"
#include "toy_recommender.hpp"

#include <hybrec/concepts/progress.hpp>
#include <hybrec/evaluation/auc.hpp>
#include <hybrec/evaluation/recall.hpp>

#include <doctest/doctest.h>

#include <utility>

namespace hr = hybrec;

static_assert(hr::validator_of<hr::validation_metric<hr::recall>, toy::recommender>);
static_assert(hr::validator_of<hr::validation_metric<hr::auc>, toy::recommender>);
static_assert(!hr::validator_of<hr::validation_metric<hr::recall>, int>);
// Views of temporaries would dangle.
static_assert(requires(const hr::user_items& matrix) {
    hr::validation_metric<hr::recall>{matrix, matrix, hr::recall{1}};
});
template <class Train, class Valid>
concept validates = requires(Train&& train, Valid&& valid) {
    hr::validation_metric<hr::recall>{std::forward<Train>(train), std::forward<Valid>(valid),
                                      hr::recall{1}};
};
static_assert(validates<const hr::user_items&, hr::user_items&>);
static_assert(!validates<hr::user_items, hr::user_items&>);
static_assert(!validates<hr::user_items&, hr::user_items>);
static_assert(!validates<hr::user_items, hr::user_items>);

TEST_CASE("validation_metric") {
    const toy::recommender model{{{3, 2, 1}, {3, 2, 1}}};
    const hr::user_items train = toy::matrix({{0}, {}}, 3);
    const hr::user_items valid = toy::matrix({{1}, {1}}, 3);

    SUBCASE("is the mean of the metric, training items masked") {
        const hr::validation_metric validate{train, valid, hr::recall{1}};
        CHECK(validate(model) == 0.5);
        CHECK(hr::validation_metric{train, valid, hr::recall{2}}(model) == 1.0);
        CHECK(hr::validation_metric{train, valid, hr::auc{}}(model) == 0.75);
    }
    SUBCASE("runs where it is told to") {
        hr::thread_pool pool{2};
        const hr::validation_metric validate{train, valid, hr::recall{1}, {.pool = &pool}};
        CHECK(validate(model) == 0.5);
    }
    SUBCASE("refuses to judge nothing") {
        CHECK_THROWS_AS((void)(hr::validation_metric{train, train, hr::recall{1}}(model)),
                        hr::data_error);
    }
}
