// SPDX-License-Identifier: MIT
#include <hybrec/factorization/bpr/losses.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>

using namespace hybrec;

static_assert(pairwise_loss<bpr_loss> && pairwise_loss<warp_loss>);
static_assert(!pairwise_loss<int>);

TEST_CASE("the BPR loss is −ln σ(margin), and its pull the negative slope") {
    const auto next = [](std::size_t& negative) {
        negative = 4;
        return true;
    };
    for (const float margin : {-80.0F, -2.0F, 0.0F, 1.5F, 80.0F}) {
        const auto drawn = bpr_loss{}.draw(
            next, [&](std::size_t) { return margin; }, 9);
        CHECK(drawn.negative == 4);
        CHECK(drawn.margin == margin);
        CHECK(static_cast<double>(drawn.pull) ==
              doctest::Approx(1 / (1 + std::exp(static_cast<double>(margin)))).epsilon(1e-6));
        CHECK(bpr_loss{}.value(drawn) ==
              doctest::Approx(std::log1p(std::exp(-static_cast<double>(margin)))).epsilon(1e-6));
    }
    const auto none =
        bpr_loss{}.draw([](std::size_t&) { return false; }, [](std::size_t) { return 0.0F; }, 9);
    CHECK(none.pull == 0);
    CHECK(bpr_loss{}.value(none) == 0);
}

TEST_CASE("WARP draws until a negative violates the margin, and weighs by the rank it tells") {
    std::size_t draws = 0;
    const auto next = [&](std::size_t& negative) {
        negative = draws++;
        return true;
    };
    // The fourth draw is the first within 1 of the positive: rank ⌊20/4⌋ = 5.
    const auto margin = [](std::size_t negative) { return negative < 3 ? 1.0F : 0.25F; };
    const auto drawn = warp_loss{}.draw(next, margin, 21);
    CHECK(drawn.negative == 3);
    CHECK(draws == 4);
    CHECK(static_cast<double>(drawn.pull) ==
          doctest::Approx(137.0 / 60 / 3.5977396571).epsilon(1e-6)); // H(5) / H(20)
    CHECK(warp_loss{}.value(drawn) == doctest::Approx(0.75 * 137.0 / 60 / 3.5977396571));

    draws = 0;
    CHECK(warp_loss{.most_draws = 3}.draw(next, margin, 21).pull == 0);
    CHECK(draws == 3);
    CHECK_THROWS_WITH_AS(warp_loss{.most_draws = 0}.check(),
                         "warp: most_draws is 0; expected at least 1", option_error);
}

TEST_CASE("harmonic numbers, summed and expanded, are right") {
    double total = 0;
    CHECK(warp_loss::harmonic(0) == 0);
    for (std::size_t k = 1; k <= 200; ++k) {
        total += 1 / static_cast<double>(k);
        CHECK(warp_loss::harmonic(k) == doctest::Approx(total).epsilon(1e-8));
    }
}
