// SPDX-License-Identifier: MIT
#include <hybrec/neural/detail/add_row.hpp>

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>

using namespace hybrec;

TEST_CASE_TEMPLATE("neural::add_row and its like: the same bits in registers and one by one", T,
                   float, double) {
    const auto draw = [](std::uint64_t stream) {
        aligned_vector<T> values(48);
        for (std::size_t at = 0; at < values.size(); ++at)
            values[at] = static_cast<T>(counter_random{1, stream}.normal(at));
        return values;
    };
    const aligned_vector<T> left = draw(1), right = draw(2), start = draw(3);
    const T factor = T(0.7);
    for (const std::size_t from : {0U, 1U})        // aligned or not
        for (const std::size_t size : {32U, 5U}) { // whole lines or not
            CAPTURE(from);
            CAPTURE(size);
            aligned_vector<T> sum = start, difference = start, copy = start;
            neural::detail::add_row(factor, left.data() + from, sum.data() + from, size);
            neural::detail::add_difference(factor, left.data() + from, right.data() + from,
                                           difference.data() + from, size);
            neural::detail::copy_row(left.data() + from, copy.data() + from, size);
            for (std::size_t at = 0; at < start.size(); ++at) {
                const bool in = at >= from && at < from + size;
                CHECK(sum[at] ==
                      (in ? simd::multiply_add(factor, left[at], start[at]) : start[at]));
                CHECK(copy[at] == (in ? left[at] : start[at]));
                const T product = factor * left[at];
                CHECK(
                    difference[at] ==
                    (in ? start[at] + simd::multiply_add(-factor, right[at], product) : start[at]));
            }
        }
}
