// SPDX-License-Identifier: MIT
#include <hybrec/simd/math.hpp>

#include <hybrec/core/buffer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace hybrec;

namespace {

using floats = std::vector<float>;
using arch = simd::default_arch;
constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

/// Every float of a range, but for a stride in their numbering.
floats sweep(float from, float to, std::uint32_t stride = 997) {
    floats values;
    for (auto bits = std::bit_cast<std::uint32_t>(from); bits <= std::bit_cast<std::uint32_t>(to);
         bits += stride)
        values.push_back(std::bit_cast<float>(bits));
    return values;
}
floats both_signs(floats values) {
    const std::size_t count = values.size();
    for (std::size_t at = 0; at < count; ++at)
        values.push_back(-values[at]);
    return values;
}

template <class Function>
float lane_of(Function&& function, float x) {
    alignas(64) float out[simd::width<float>];
    function(simd::broadcast<float, arch>(x)).store_aligned(out);
    for (const float value : out)
        CHECK(std::bit_cast<std::uint32_t>(value) == std::bit_cast<std::uint32_t>(out[0]));
    return out[0];
}

/// The largest distance from `exact` in units of the last place of its float; `values` go through in
/// registers, each of which holds different ones.
template <class Function, class Exact>
double largest_error(floats values, Function&& function, Exact&& exact) {
    values.resize(values.size() / simd::width<float> * simd::width<float>);
    alignas(64) float out[simd::width<float>];
    double worst = 0;
    for (std::size_t begin = 0; begin < values.size(); begin += simd::width<float>) {
        function(simd::load_unaligned<float, arch>(values.data() + begin)).store_aligned(out);
        for (std::size_t at = 0; at < simd::width<float>; ++at) {
            const double expected = exact(static_cast<double>(values[begin + at]));
            const auto rounded = static_cast<float>(expected);
            const double unit =
                std::max(static_cast<double>(std::nextafter(std::abs(rounded), infinity)) -
                             std::abs(static_cast<double>(rounded)),
                         0x1p-148);
            worst = std::max(worst, std::abs(static_cast<double>(out[at]) - expected) / unit);
        }
    }
    return worst;
}

constexpr auto exp_of = [](const auto& x) { return simd::exp<float, arch>(x); };
constexpr auto log_of = [](const auto& x) { return simd::log<float, arch>(x); };
constexpr auto log_one_plus_of = [](const auto& x) { return simd::log_one_plus<float, arch>(x); };
constexpr auto sigmoid_of = [](const auto& x) { return simd::sigmoid<float, arch>(x); };
constexpr auto tanh_of = [](const auto& x) { return simd::tanh<float, arch>(x); };

} // namespace

TEST_CASE("simd::exp is within 2 units of the last place") {
    const double error =
        std::max(largest_error(sweep(1e-20F, 88.72F), exp_of, [](double x) { return std::exp(x); }),
                 largest_error(
                     sweep(1e-20F, 86.6F), [](const auto& x) { return exp_of(-x); },
                     [](double x) { return std::exp(-x); }));
    MESSAGE("exp: " << error << " ulp");
    CHECK(error <= 2);
    CHECK(lane_of(exp_of, 0) == 1);
    CHECK(lane_of(exp_of, -88) == 0);
    CHECK(lane_of(exp_of, -infinity) == 0);
    CHECK(lane_of(exp_of, 89) == infinity);
    CHECK(lane_of(exp_of, 1e30F) == infinity);
    CHECK(lane_of(exp_of, infinity) == infinity);
    CHECK(std::isnan(lane_of(exp_of, not_a_number)));
}

TEST_CASE("simd::log is within 2 units of the last place") {
    const double error =
        std::max(largest_error(sweep(std::numeric_limits<float>::denorm_min(),
                                     std::numeric_limits<float>::max(), 9973),
                               log_of, [](double x) { return std::log(x); }),
                 largest_error(sweep(0.9F, 1.1F, 7), log_of, [](double x) { return std::log(x); }));
    MESSAGE("log: " << error << " ulp");
    CHECK(error <= 2);
    CHECK(lane_of(log_of, 1) == 0);
    CHECK(lane_of(log_of, 0) == -infinity);
    CHECK(lane_of(log_of, infinity) == infinity);
    CHECK(std::isnan(lane_of(log_of, -1)));
    CHECK(std::isnan(lane_of(log_of, not_a_number)));
}

TEST_CASE("simd::log_one_plus is within 2 units of the last place on [0, 1]") {
    const double error =
        largest_error(sweep(1e-30F, 1.0F), log_one_plus_of, [](double x) { return std::log1p(x); });
    MESSAGE("log_one_plus: " << error << " ulp");
    CHECK(error <= 2);
    CHECK(lane_of(log_one_plus_of, 0) == 0);
    CHECK(std::isnan(lane_of(log_one_plus_of, not_a_number)));
}

TEST_CASE("simd::sigmoid is within 3 units of the last place") {
    const double error = largest_error(both_signs(sweep(1e-20F, 86.6F)), sigmoid_of,
                                       [](double x) { return 1 / (1 + std::exp(-x)); });
    MESSAGE("sigmoid: " << error << " ulp");
    CHECK(error <= 3);
    CHECK(lane_of(sigmoid_of, 0) == 0.5F);
    CHECK(lane_of(sigmoid_of, -1000) == 0);
    CHECK(lane_of(sigmoid_of, 1000) == 1);
    CHECK(lane_of(sigmoid_of, infinity) == 1);
    CHECK(std::isnan(lane_of(sigmoid_of, not_a_number)));
}

TEST_CASE("simd::tanh is within 2 units of the last place") {
    const double error = largest_error(both_signs(sweep(1e-20F, 30.0F)), tanh_of,
                                       [](double x) { return std::tanh(x); });
    MESSAGE("tanh: " << error << " ulp");
    CHECK(error <= 2);
    CHECK(lane_of(tanh_of, 0) == 0);
    CHECK(lane_of(tanh_of, -1000) == -1);
    CHECK(lane_of(tanh_of, infinity) == 1);
    CHECK(std::isnan(lane_of(tanh_of, not_a_number)));
}

TEST_CASE("simd math of doubles is the standard library's") {
    aligned_vector<double> out(simd::line<double>);
    const auto check = [&](const auto& values, double expected) {
        values.store_aligned(out.data());
        for (std::size_t at = 0; at < simd::width<double>; ++at)
            CHECK(out[at] == doctest::Approx(expected).epsilon(1e-15));
    };
    const auto x = simd::broadcast<double, arch>(0.3);
    check(simd::exp<double, arch>(x), std::exp(0.3));
    check(simd::log<double, arch>(x), std::log(0.3));
    check(simd::log_one_plus<double, arch>(x), std::log1p(0.3));
    check(simd::sigmoid<double, arch>(x), 1 / (1 + std::exp(-0.3)));
    check(simd::tanh<double, arch>(x), std::tanh(0.3));
}
