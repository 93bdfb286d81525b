// SPDX-License-Identifier: MIT
#include <hybrec/simd/gemm_chosen.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <vector>

using namespace hybrec;

TEST_CASE_TEMPLATE("simd::gemm_chosen adds the chosen terms, the same for one row as for two", T,
                   float, double) {
    const double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-12;
    const auto draw = [](std::uint64_t stream, std::size_t at) {
        return static_cast<T>(counter_random{8, stream}.normal(at));
    };
    for (const std::size_t lines : {1u, 2u, 3u, 4u, 7u, 8u, 13u, 17u})
        for (const std::size_t count : {0u, 1u, 5u, 20u}) {
            CAPTURE(lines);
            CAPTURE(count);
            constexpr std::size_t depth = 40, stride = padded_size<T>(depth);
            const std::size_t columns = lines * simd::line<T>, wide = columns + simd::line<T>;
            std::vector<std::uint32_t> chosen;
            for (std::size_t k = 0; k < count; ++k)
                chosen.push_back(static_cast<std::uint32_t>(2 * k + k / 10));
            aligned_vector<T> left(2 * stride), right(depth * wide), start(2 * wide);
            for (std::size_t at = 0; at < left.size(); ++at)
                left[at] = draw(1, at);
            for (std::size_t at = 0; at < right.size(); ++at)
                right[at] = draw(2, at);
            for (std::size_t at = 0; at < start.size(); ++at)
                start[at] = draw(3, at);
            aligned_vector<T> both = start, alone = start;
            simd::gemm_chosen<T>(left.data(), stride, right.data(), wide, 2, chosen, columns,
                                 both.data(), wide);
            for (std::size_t row = 0; row < 2; ++row)
                simd::gemm_chosen<T>(left.data() + row * stride, stride, right.data(), wide, 1,
                                     chosen, columns, alone.data() + row * wide, wide);
            CHECK(both == alone);
            for (std::size_t row = 0; row < 2; ++row)
                for (std::size_t at = 0; at < wide; ++at) {
                    auto expected = static_cast<double>(start[row * wide + at]);
                    for (const std::uint32_t k : chosen)
                        if (at < columns)
                            expected += static_cast<double>(left[row * stride + k]) *
                                        static_cast<double>(right[k * wide + at]);
                    CHECK(std::abs(static_cast<double>(both[row * wide + at]) - expected) <=
                          tolerance);
                }
            // What is zero may be chosen or not.
            if (count > 2) {
                left[chosen[1]] = T{0};
                aligned_vector<T> some = start, all = start;
                simd::gemm_chosen<T>(left.data(), stride, right.data(), wide, 1, chosen, columns,
                                     all.data(), wide);
                chosen.erase(chosen.begin() + 1);
                simd::gemm_chosen<T>(left.data(), stride, right.data(), wide, 1, chosen, columns,
                                     some.data(), wide);
                CHECK(some == all);
            }
        }
}
