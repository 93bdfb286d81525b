// SPDX-License-Identifier: MIT
#include <hybrec/simd/gemm_rare.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace hybrec;

namespace {

/// Of a sum of two rows, columns `above` are above zero; bytes say so, and of other columns that they are not.
template <class T>
void check(const std::vector<std::size_t>& above, std::size_t depth, std::size_t lines) {
    CAPTURE(above.size());
    CAPTURE(depth);
    CAPTURE(lines);
    const std::size_t columns = lines * simd::line<T>, stride = columns + simd::line<T>;
    aligned_vector<T> start(2 * columns), values(2 * depth), right((depth + 1) * stride);
    for (std::size_t at = 0; at < start.size(); ++at)
        start[at] = static_cast<T>(counter_random{1}.normal(at));
    for (std::size_t at = 0; at < values.size(); ++at)
        values[at] = static_cast<T>(std::abs(counter_random{2}.normal(at)));
    for (std::size_t at = 0; at < right.size(); ++at)
        right[at] = static_cast<T>(counter_random{3}.normal(at));
    aligned_vector<std::uint8_t> bytes(2 * depth);
    for (std::size_t at = 0; at < 2 * depth; ++at)
        bytes[at] = static_cast<std::uint8_t>(100 + at % depth);
    for (const std::size_t k : above)
        ++bytes[k];
    if (above.size() > 1) { // a level above its limit, and a sum below zero, as steps round
        values[above.back()] = T{-9};
    }
    const simd::rare_row<T> x{start.data(), values.data(), bytes.data()},
        y{start.data() + columns, values.data() + depth, bytes.data() + depth};
    aligned_vector<T> out(stride, T{7});
    simd::gemm_rare<T>(x, y, depth, right.data(), stride, columns, out.data());
    for (std::size_t at = 0; at < stride; ++at) {
        if (at >= columns) { // what is beside stays
            CHECK(out[at] == T{7});
            continue;
        }
        double expected = static_cast<double>(start[at] + start[columns + at]);
        for (const std::size_t k : above)
            expected += static_cast<double>(std::max(values[k] + values[depth + k], T{0})) *
                        static_cast<double>(right[k * stride + at]);
        if (above.empty())
            CHECK(out[at] == start[at] + start[columns + at]);
        else
            CHECK(std::abs(static_cast<double>(out[at]) - expected) <
                  (sizeof(T) == 4 ? 1e-4 : 1e-12));
    }
}

} // namespace

TEST_CASE_TEMPLATE("simd::gemm_rare multiplies what the bytes point at, and nothing else", T, float,
                   double) {
    for (const std::size_t lines : {1u, 3u, 8u, 31u})
        for (const std::vector<std::size_t>& above :
             {std::vector<std::size_t>{}, {0}, {63}, {0, 1, 2}, {5, 9, 30, 31, 62}})
            check<T>(above, 64, lines);
    check<T>({64, 100, 191}, 192, 8); // none in the first 64
    check<T>({0, 3, 7, 8, 64, 127, 128, 190}, 192, 8);
    std::vector<std::size_t> all(128);
    for (std::size_t k = 0; k < all.size(); ++k)
        all[k] = k;
    check<T>(all, 128, 5);
    check<T>({}, 0, 2);
}
