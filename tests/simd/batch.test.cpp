// SPDX-License-Identifier: MIT
#include <hybrec/simd/batch.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE_TEMPLATE("simd::batch loads, and sums all of its values", T, float, double) {
    static_assert(simd::line<T> % simd::width<T> == 0);
    aligned_vector<T> values(2 * simd::line<T>);
    T expected{0};
    for (std::size_t at = 0; at < values.size(); ++at)
        values[at] = static_cast<T>(at + 1);
    for (std::size_t at = 0; at < simd::width<T>; ++at)
        expected += values[at];
    CHECK(simd::sum(simd::load<T, simd::default_arch>(values.data())) == expected);
    CHECK(simd::sum(simd::load_unaligned<T, simd::default_arch>(values.data() + 1)) ==
          expected + static_cast<T>(simd::width<T>));
}
