// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/paired_test.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace hr = hybrec;

TEST_CASE("the tails of Student's distribution are those of SciPy 1.x") {
    struct known {
        double t, freedom, p;
    };
    for (const auto [t, freedom, p] :
         {known{0.5, 1, 0.7048327646991335}, known{2.0, 3, 0.13932596855884305},
          known{-3.5, 10, 0.00572650542988521}, known{1.0, 100, 0.31972415578412333},
          known{4.2, 30000, 2.676848834212714e-05}, known{40.0, 7, 1.5902179984850364e-09},
          known{1e-3, 5, 0.9992407867721976}})
        CHECK(hr::detail::student_two_sided(t, freedom) == doctest::Approx(p).epsilon(1e-10));
    CHECK(hr::detail::student_two_sided(0, 4) == 1);
}

TEST_CASE("paired_t_test and paired_randomization_test judge the differences of pairs") {
    const std::vector<double> left{.1, .4, .35, .8, .2, .6};
    const std::vector<double> right{.15, .3, .3, .5, .25, .4};
    const hr::paired_test t = hr::paired_t_test(left, right);
    CHECK(t.pairs == 6);
    CHECK(t.difference == doctest::Approx(0.55 / 6));
    CHECK(t.p_value == doctest::Approx(0.16801232039824188).epsilon(1e-10)); // SciPy's ttest_rel

    // All 64 assignments of signs, counted one by one.
    std::size_t extreme = 0;
    for (std::uint32_t signs = 0; signs < 64; ++signs) {
        double sum = 0;
        for (std::size_t at = 0; at < 6; ++at)
            sum += (signs >> at & 1 ? 1 : -1) * (left[at] - right[at]);
        extreme += std::abs(sum) >= 0.55 - 1e-9 ? 1U : 0U;
    }
    const hr::paired_test random = hr::paired_randomization_test(left, right, {.rounds = 100'000});
    CHECK(random.difference == t.difference);
    CHECK(random.p_value == doctest::Approx(static_cast<double>(extreme) / 64).epsilon(0.03));
    CHECK(hr::paired_randomization_test(right, left, {.rounds = 100'000}).p_value ==
          random.p_value);
}

TEST_CASE("paired tests at their limits") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const std::vector<double> some{1, 2, 3};
    const std::vector<double> more{2, 3, 4};
    CHECK(hr::paired_t_test(some, some).p_value == 1);
    CHECK(hr::paired_randomization_test(some, some).p_value == 1);
    CHECK(hr::paired_t_test(more, some).p_value == 0);
    CHECK(hr::paired_t_test(std::vector{1.0, nan}, std::vector{0.5, 2.0}).pairs == 1);
    CHECK(std::isnan(hr::paired_t_test(std::vector{1.0}, std::vector{0.0}).p_value));
    CHECK(std::isnan(hr::paired_randomization_test({}, {}).p_value));
    CHECK_THROWS_WITH_AS((void)hr::paired_t_test(some, std::vector{1.0}),
                         doctest::Contains("3 and 1"), hr::shape_error);
    CHECK_THROWS_AS((void)hr::paired_randomization_test(some, more, {.rounds = 0}),
                    hr::option_error);
}
