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

TEST_CASE_TEMPLATE("simd::multiply_add is the scalar twin of a register's", T, float, double) {
    aligned_vector<T> values(3 * simd::line<T>);
    for (std::size_t at = 0; at < values.size(); ++at)
        values[at] = T{1} / static_cast<T>(at + 3); // products that have to be rounded
    const T* const a = values.data();
    const T* const b = a + simd::line<T>;
    const T* const c = b + simd::line<T>;
    aligned_vector<T> out(simd::line<T>);
    using simd::default_arch;
    hybrec::simd::multiply_add(simd::load<T, default_arch>(a), simd::load<T, default_arch>(b),
                               simd::load<T, default_arch>(c))
        .store_aligned(out.data());
    for (std::size_t at = 0; at < simd::width<T>; ++at)
        CHECK(simd::multiply_add(a[at], b[at], c[at]) == out[at]);
}
