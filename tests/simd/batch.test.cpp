// SPDX-License-Identifier: MIT
#include <hybrec/simd/batch.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>

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

TEST_CASE("simd::batch's integers: bits of one or the other, the greatest, lanes") {
    using arch = simd::default_arch;
    constexpr std::size_t size = simd::width<std::uint32_t>;
    alignas(table_alignment) std::array<std::uint32_t, size> left, right, out;
    for (std::size_t at = 0; at < size; ++at) {
        left[at] = static_cast<std::uint32_t>(0x9E3779B9U * (at + 1));
        right[at] = static_cast<std::uint32_t>(0x85EBCA6BU * (at + 3));
    }
    const auto first = simd::load<std::uint32_t, arch>(left.data());
    const auto second = simd::load<std::uint32_t, arch>(right.data());
    simd::select_bits<arch>(0x00FF0F0F, first, second).store_aligned(out.data());
    for (std::size_t at = 0; at < size; ++at)
        CHECK(out[at] == ((left[at] & 0x00FF0F0FU) | (right[at] & 0xFF00F0F0U)));
    simd::greater_of<arch>(first, second).store_aligned(out.data());
    for (std::size_t at = 0; at < size; ++at)
        CHECK(out[at] == std::max(left[at], right[at]));
    CHECK(simd::greatest<arch>(first) == *std::max_element(left.begin(), left.end()));
    CHECK(simd::greatest<arch>(second) == *std::max_element(right.begin(), right.end()));

    alignas(table_alignment) std::array<std::uint32_t, 2 * size> apart{};
    simd::store_lanes<arch>(first, apart.data(), 8);
    for (std::size_t at = 0; at < size; ++at) {
        CHECK(apart[at / 4 * 8 + at % 4] == left[at]);
        CHECK(apart[at / 4 * 8 + at % 4 + 4] == 0);
    }
    alignas(table_alignment) std::array<float, size> floats;
    simd::to_floats<arch>(simd::broadcast<std::int32_t, arch>(-16777216))
        .store_aligned(floats.data());
    CHECK(floats[size - 1] == -16777216.0F);
}

TEST_CASE_TEMPLATE("simd::positive_part is zero below zero", T, float, double) {
    using arch = simd::default_arch;
    alignas(table_alignment) std::array<T, simd::width<T>> out;
    for (const T value : {T{-2}, T{0}, T{3}}) {
        simd::positive_part<T, arch>(simd::broadcast<T, arch>(value)).store_aligned(out.data());
        CHECK(out.front() == std::max(value, T{0}));
        CHECK(out.back() == std::max(value, T{0}));
    }
}
