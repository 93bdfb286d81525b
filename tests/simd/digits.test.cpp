// SPDX-License-Identifier: MIT
#include <hybrec/simd/digits.hpp>

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>

using namespace hybrec;

using arch = simd::default_arch;

namespace {

simd::batch<std::uint32_t, arch> magnitudes(float value) {
    return simd::greatest_magnitude<arch>(simd::broadcast<std::uint32_t, arch>(0),
                                          simd::broadcast<float, arch>(value));
}

template <class T>
T first_of(const simd::batch<T, arch>& values) {
    std::array<T, simd::width<T, arch>> all;
    values.store_unaligned(all.data());
    return all[0];
}

} // namespace

TEST_CASE("simd::digits_of writes a value to 22 bits of the greatest, value by value") {
    constexpr std::size_t step = simd::width<float, arch>;
    aligned_vector<float> values(4 * step);
    auto most = simd::broadcast<std::uint32_t, arch>(0);
    for (std::size_t at = 0; at < values.size(); ++at)
        values[at] = static_cast<float>(counter_random{1}.normal(at));
    values[1] = -5.5F; // the greatest, and its opposite
    values[2] = 5.5F;
    for (std::size_t at = 0; at < values.size(); at += step)
        most = simd::greatest_magnitude<arch>(most, simd::load<float, arch>(values.data() + at));
    CHECK(simd::greatest<arch>(most) == std::bit_cast<std::uint32_t>(5.5F));
    const auto scales = simd::scales_for<arch>(magnitudes(5.5F));
    const auto integers = [&](std::size_t part) {
        return simd::raised_integers<arch>(simd::load<float, arch>(values.data() + part * step),
                                           scales.into);
    };
    const auto places = simd::digits_of<arch>(integers(0), integers(1), integers(2), integers(3));
    std::array<std::array<simd::digit, 4 * step>, simd::digit_places> digits;
    for (std::size_t place = 0; place < simd::digit_places; ++place)
        places[place].store_unaligned(reinterpret_cast<std::uint32_t*>(digits[place].data()));
    constexpr std::array<std::size_t, 4> byte_of{0, 2, 1, 3}; // as documented
    const double back = static_cast<double>(first_of(scales.back)) / 256;
    for (std::size_t part = 0; part < 4; ++part)
        for (std::size_t i = 0; i < step; ++i) {
            const std::size_t at = 4 * i + byte_of[part];
            const double found =
                back * (65536.0 * digits[0][at] + 256.0 * digits[1][at] + digits[2][at]);
            CHECK(std::abs(found - values[part * step + i]) <= 5.5 / 8e6);
        }
}

TEST_CASE("simd::scales_for keeps zeros zero, and what is not finite apart") {
    const auto nothing = simd::scales_for<arch>(magnitudes(0));
    CHECK(first_of(nothing.into) == 0);
    CHECK(first_of(nothing.back) == 0);
    CHECK(first_of(simd::scales_for<arch>(magnitudes(1e-38F)).into) == 0);
    CHECK(std::isfinite(first_of(simd::scales_for<arch>(magnitudes(1e-29F)).into)));
    const float infinity = std::numeric_limits<float>::infinity();
    CHECK(first_of(simd::scales_for<arch>(magnitudes(-infinity)).back) == infinity);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(std::isnan(first_of(simd::scales_for<arch>(magnitudes(nan)).back)));
    CHECK(simd::greatest<arch>(magnitudes(-nan)) > simd::greatest<arch>(magnitudes(infinity)));
}
