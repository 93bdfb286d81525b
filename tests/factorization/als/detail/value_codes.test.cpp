// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/detail/value_codes.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace hybrec;

TEST_CASE_TEMPLATE("value_codes tell at most 256 values apart", Value, float, double) {
    std::vector<Value> values;
    for (std::size_t at = 0; at < 600'000; ++at) // several chunks
        values.push_back(static_cast<Value>(at * at % 255) - Value{100});
    values.push_back(-Value{0}); // not the same as 0
    values.push_back(Value{0});
    const auto codes = detail::value_codes<Value>::of(values, {});
    REQUIRE(codes.possible());
    CHECK(std::all_of(values.begin(), values.end(), [&](Value value) {
        const Value decoded = codes[codes.code(value)];
        return decoded == value && std::signbit(decoded) == std::signbit(value);
    }));
}

TEST_CASE("value_codes are impossible for more values, wherever they are") {
    std::vector<float> values(600'000, 1.0F);
    for (std::size_t at = 0; at < 255; ++at)
        values[at] = static_cast<float>(at + 2);
    CHECK(detail::value_codes<float>::of(values, {}).possible()); // 256 in all
    values.back() = 0.5F;
    CHECK_FALSE(detail::value_codes<float>::of(values, {}).possible());
    CHECK_FALSE(detail::value_codes<float>::of({}, {}).possible());
}
