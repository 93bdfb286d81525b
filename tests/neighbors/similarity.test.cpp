// SPDX-License-Identifier: MIT
#include <hybrec/neighbors/similarity.hpp>

#include <hybrec/core/for_each_type.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace hybrec;

static_assert(similarity_measure<cosine> && similarity_measure<asymmetric_cosine> &&
              similarity_measure<jaccard>);
static_assert(!similarity_measure<int>);

TEST_CASE("similarities follow their formulas, the same bits in a register") {
    for_each_type<cosine, asymmetric_cosine, jaccard>([]<class Similarity>() {
        Similarity similarity;
        similarity.shrinkage = 3;
        const float left = similarity.left(16), right = similarity.right(9);
        double expected = 4.0 / (4 * 3 + 3);
        if constexpr (Similarity::binary)
            expected = 4.0 / (16 + 9 - 4 + 3);
        const float got = similarity(4.0F, left, right);
        CHECK(got == doctest::Approx(expected).epsilon(1e-6));
        const auto spread = [](float value) {
            return simd::broadcast<float, simd::default_arch>(value);
        };
        alignas(64) float lanes[16] = {};
        similarity(spread(4.0F), spread(left), spread(right)).store_aligned(lanes);
        CHECK(lanes[0] == got);
        for (const double bad : {-1.0, std::nan(""), std::numeric_limits<double>::infinity()}) {
            similarity.shrinkage = bad;
            CHECK_THROWS_WITH_AS(similarity.check(), doctest::Contains("shrinkage"), option_error);
        }
    });
    const asymmetric_cosine uneven{.alpha = 0.25};
    CHECK(uneven.left(16) == 2);
    CHECK(uneven.right(16) == 8);
    CHECK_THROWS_AS(asymmetric_cosine{.alpha = 1.5}.check(), option_error);
}
