// SPDX-License-Identifier: MIT
#include <hybrec/simd/syrk.hpp>

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;

TEST_CASE_TEMPLATE("simd::syrk_upper equals the sum of outer products", T, float, double) {
    for (const std::size_t lines : {1u, 2u, 3u, 4u, 5u})
        for (const std::size_t depth : {0u, 1u, 2u, 7u, 64u}) {
            const std::size_t size = lines * simd::line<T>;
            CAPTURE(size);
            CAPTURE(depth);
            aligned_vector<T> left(depth * size);
            aligned_vector<T> right(depth * size);
            for (std::size_t r = 0; r < depth; ++r) {
                const auto weight = static_cast<T>(counter_random{1, 9}.normal(r)); // signed
                for (std::size_t at = 0; at < size; ++at) {
                    right[r * size + at] = static_cast<T>(counter_random{1}.normal(r * size + at));
                    left[r * size + at] = weight * right[r * size + at];
                }
            }
            const auto left_rows = simd::panel_view<T>::rows(left.data(), size);
            const auto right_rows = simd::panel_view<T>::rows(right.data(), size);
            aligned_vector<T> added(size * size, T{1});
            simd::syrk_upper(left_rows, right_rows, depth, added.data(), size, size);
            aligned_vector<T> subtracted(size * size, T{1});
            simd::syrk_upper<T, simd::default_arch, simd::update::subtract>(
                left_rows, right_rows, depth, subtracted.data(), size, size);
            // The same from packed panels with room for more rows.
            const std::size_t capacity = depth + 3;
            aligned_vector<T> packed_left(capacity * size, T{99});
            aligned_vector<T> packed_right(capacity * size, T{99});
            for (std::size_t r = 0; r < depth; ++r) {
                simd::pack_row(left.data() + r * size, T{1}, packed_left.data(), capacity, r, size);
                simd::pack_row(right.data() + r * size, T{1}, packed_right.data(), capacity, r,
                               size);
            }
            aligned_vector<T> assigned(size * size, T{1});
            simd::syrk_upper<T, simd::default_arch, simd::update::assign>(
                simd::panel_view<T>::packed(packed_left.data(), capacity),
                simd::panel_view<T>::packed(packed_right.data(), capacity), depth, assigned.data(),
                size, size);
            double worst = 0;
            for (std::size_t i = 0; i < size; ++i)
                for (std::size_t j = i; j < size; ++j) {
                    double expected = 0;
                    for (std::size_t r = 0; r < depth; ++r)
                        expected += static_cast<double>(left[r * size + i]) *
                                    static_cast<double>(right[r * size + j]);
                    worst = std::max(worst, std::abs(1 + expected - added[i * size + j]));
                    worst = std::max(worst, std::abs(1 - expected - subtracted[i * size + j]));
                    worst = std::max(worst, std::abs(expected - assigned[i * size + j]));
                }
            CHECK(worst < (sizeof(T) == 4 ? 2e-4 : 1e-12));
        }
}
