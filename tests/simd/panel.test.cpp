// SPDX-License-Identifier: MIT
#include <hybrec/simd/panel.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

TEST_CASE_TEMPLATE("simd::pack_row and pack_transposed put scaled values where panel_view looks", T,
                   float, double) {
    for (const std::size_t lines : {1u, 2u, 3u})
        for (const std::size_t count : {1u, 7u, 8u, 16u, 17u, 40u}) {
            const std::size_t size = lines * simd::line<T>;
            CAPTURE(size);
            CAPTURE(count);
            aligned_vector<T> table(count * size);
            aligned_vector<T> scale(size);
            for (std::size_t at = 0; at < table.size(); ++at)
                table[at] = static_cast<T>(counter_random{2}.normal(at));
            for (std::size_t at = 0; at < size; ++at)
                scale[at] = static_cast<T>(at % 5 + 1);
            const std::size_t room = padded_size<T>(count);
            std::vector<const T*> rows(room, table.data());
            std::vector<T> factors(room, T{0});
            for (std::size_t k = 0; k < count; ++k) {
                rows[k] = table.data() + k * size;
                factors[k] = static_cast<T>(k % 4 + 1);
            }

            const std::size_t capacity = count + 2;
            aligned_vector<T> packed(capacity * size);
            for (std::size_t k = 0; k < count; ++k)
                simd::pack_row(rows[k], factors[k], packed.data(), capacity, k, size);
            aligned_vector<T> transposed(room * size, T{99});
            simd::pack_transposed(rows.data(), factors.data(), scale.data(), count, size,
                                  transposed.data());
            const auto by_row = simd::panel_view<T>::packed(packed.data(), capacity);
            const auto by_column = simd::panel_view<T>::packed(transposed.data(), size);
            const auto plain = simd::panel_view<T>::rows(table.data(), size);
            for (std::size_t j = 0; j < size; ++j) {
                for (std::size_t k = 0; k < count; ++k) {
                    REQUIRE(*plain.at(k, j) == rows[k][j]);
                    REQUIRE(*by_row.at(k, j) == factors[k] * rows[k][j]);
                    REQUIRE(*by_column.at(j, k) == scale[j] * factors[k] * rows[k][j]);
                }
                for (std::size_t k = count; k < room; ++k)
                    REQUIRE(*by_column.at(j, k) == T{0});
            }
        }
}
