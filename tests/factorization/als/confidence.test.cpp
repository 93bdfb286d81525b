// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/confidence.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

static_assert(confidence_policy<hu_koren_volinsky> && confidence_policy<observed_weight> &&
              confidence_policy<python_implicit>);
static_assert(!confidence_policy<int>);

TEST_CASE("confidence conventions turn a value into weight and target") {
    SUBCASE("Hu, Koren, Volinsky 2008") {
        constexpr hu_koren_volinsky policy{.alpha = 40};
        CHECK(policy.unobserved() == 1);
        CHECK(policy.weight(0.5) == 20);
        CHECK(policy.target(0.5) == 21);
    }
    SUBCASE("observed weight") {
        constexpr observed_weight policy{.unobserved_weight = 0.3, .alpha = 2};
        CHECK(policy.unobserved() == 0.3);
        CHECK(policy.weight(3) == 6);
        CHECK(policy.target(3) == 6);
    }
    SUBCASE("Python implicit, where a negative confidence is a dislike") {
        constexpr python_implicit policy{};
        CHECK(policy.unobserved() == 1);
        CHECK(policy.weight(5) == 4);
        CHECK(policy.target(5) == 5);
        CHECK(policy.weight(-5) == 4);
        CHECK(policy.target(-5) == 0);
        CHECK(policy.weight(0.25) == -0.75);
    }
}
