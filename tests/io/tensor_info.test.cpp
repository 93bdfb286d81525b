// SPDX-License-Identifier: MIT
#include <hybrec/io/tensor_info.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

namespace hr = hybrec;

TEST_CASE("tensor_type") {
    CHECK(hr::tensor_type_name(hr::tensor_type_of<float>) == "F32");
    CHECK(hr::tensor_type_name(hr::tensor_type_of<double>) == "F64");
    CHECK(hr::tensor_type_name(hr::tensor_type_of<std::uint8_t>) == "U8");
    CHECK(hr::tensor_type_name(hr::tensor_type_of<std::uint32_t>) == "U32");
    CHECK(hr::tensor_type_name(hr::tensor_type_of<std::int64_t>) == "I64");
    CHECK(hr::tensor_type_name(hr::tensor_type_of<std::uint64_t>) == "U64");
    CHECK(hr::tensor_type_size(hr::tensor_type::u8) == 1);
    CHECK(hr::tensor_type_size(hr::tensor_type::u32) == 4);
    CHECK(hr::tensor_type_size(hr::tensor_type::f64) == 8);
    CHECK(hr::find_tensor_type("I64") == hr::tensor_type::i64);
    CHECK_FALSE(hr::find_tensor_type("F16").has_value());
}

TEST_CASE("count_elements") {
    using shape = std::vector<std::uint64_t>;
    const std::uint64_t half = std::uint64_t{1} << 32;
    CHECK(hr::count_elements(shape{}) == 1);
    CHECK(hr::count_elements(shape{2, 3, 4}) == 24);
    CHECK(hr::count_elements(shape{0, 5}) == 0);
    CHECK(hr::count_elements(shape{half, half - 1}) == half * (half - 1));
    CHECK_FALSE(hr::count_elements(shape{half, half}).has_value());
    CHECK(hr::show_shape(shape{2, 3}) == "[2, 3]");
    CHECK(hr::show_shape(shape{}) == "[]");
}
