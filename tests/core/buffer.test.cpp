// SPDX-License-Identifier: MIT
#include <hybrec/core/buffer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>
#include <vector>

namespace hr = hybrec;

static_assert(hr::padded_size<float>(0) == 0);
static_assert(hr::padded_size<float>(1) == 16);
static_assert(hr::padded_size<float>(16) == 16);
static_assert(hr::padded_size<float>(17) == 32);
static_assert(hr::padded_size<double>(9) == 16);
static_assert(hr::padded_size<std::int8_t>(65) == 128);

namespace {
bool is_aligned(const void* memory) {
    return reinterpret_cast<std::uintptr_t>(memory) % hr::table_alignment == 0;
}
} // namespace

TEST_CASE("table_memory") {
    hr::table_memory memory{5, sizeof(double)};
    CHECK(memory.bytes() == 40);
    CHECK(is_aligned(memory.start()));
    void* const start = memory.start();
    hr::table_memory moved{std::move(memory)};
    CHECK(moved.start() == start);
    hr::table_memory other{1, 1};
    other = std::move(moved);
    CHECK(other.start() == start);
    CHECK(other.bytes() == 40);
    CHECK(hr::table_memory(0, 8).start() == nullptr);
    CHECK_THROWS_AS(hr::table_memory(std::size_t{1} << 62, 8), std::bad_alloc);
}

TEST_CASE("aligned_vector") {
    using vector = hr::aligned_vector<int>;
    SUBCASE("vectors of any size start at a cache line, with values of zero") {
        for (std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{17}, std::size_t{1000},
                                 hr::huge_page_threshold, hr::huge_page_threshold + 1}) {
            hr::aligned_vector<char> bytes(size);
            CHECK(bytes.size() == size);
            CHECK(is_aligned(bytes.data()));
            CHECK(std::all_of(bytes.begin(), bytes.end(), [](char byte) { return byte == 0; }));
            bytes.back() = 1;
            CHECK(bytes.front() == (size == 1 ? 1 : 0));
        }
        struct nine {
            int value = 9;
        };
        CHECK(hr::aligned_vector<nine>(3)[2].value == 9);
    }
    SUBCASE("growing and copying keep values and alignment") {
        vector values;
        CHECK(values.empty());
        for (int i = 0; i < 100; ++i)
            values.push_back(i);
        const vector copy = values;
        CHECK(is_aligned(values.data()));
        CHECK(is_aligned(copy.data()));
        CHECK(copy.data() != values.data());
        CHECK(copy == values);
        CHECK(copy.size() == 100);
        CHECK(copy[99] == 99);
        CHECK(copy.back() == 99);
        values[3] = -1;
        CHECK_FALSE(copy == values);
    }
    SUBCASE("a value of the vector itself survives its growth") {
        vector values{7};
        for (int i = 0; i < 20; ++i)
            values.push_back(values.front());
        values.resize(100, values.front());
        CHECK(values == vector(100, 7));
        values.assign(300, values.back());
        CHECK(values == vector(300, 7));
    }
    SUBCASE("resize keeps what is there and zeroes what is new, also in old memory") {
        vector values{1, 2, 3, 4};
        values.resize(2);
        CHECK(values == vector{1, 2});
        const int* const before = values.data();
        values.resize(4);
        CHECK(values.data() == before);
        CHECK(values == vector{1, 2, 0, 0});
        values.resize(6, 5);
        CHECK(values == vector{1, 2, 0, 0, 5, 5});
        values.clear();
        CHECK(values == vector{});
        CHECK(values.begin() == values.end());
    }
    SUBCASE("assignment") {
        const std::vector<int> source{4, 5, 6};
        vector values(source.begin(), source.end());
        CHECK(values == vector{4, 5, 6});
        values.assign(source.begin() + 1, source.end());
        CHECK(values == vector{5, 6});
        const vector same = values;
        vector& itself = values;
        values = itself;
        CHECK(values == same);
        vector taken = std::move(values);
        CHECK(taken == same);
        CHECK(values.empty()); // moved from: empty, and can be used again
        values.push_back(1);
        CHECK(values == vector{1});
        taken = std::move(values);
        CHECK(taken == vector{1});
        taken = vector(3, 2);
        CHECK(taken == vector{2, 2, 2});
    }
    SUBCASE("reserved memory is used before there is more") {
        vector values;
        values.reserve(50);
        CHECK(values.capacity() == 50);
        values.push_back(1);
        const int* const before = values.data();
        values.resize(50);
        CHECK(values.data() == before);
        values.reserve(10);
        CHECK(values.capacity() == 50);
    }
}

TEST_CASE("bulk_vector") {
    SUBCASE("new values are left as the memory holds them") {
        // A table that is large enough for its own pages: they come zeroed, whatever the default
        // of its values is. Ordinary vectors would hold nines.
        struct nine {
            int value = 9;
        };
        const hr::bulk_vector<nine> table(hr::huge_page_threshold);
        CHECK(is_aligned(table.data()));
        bool constructed = false;
        for (std::size_t at = 0; at < table.size(); at += 1000)
            constructed = constructed || table[at].value == 9;
        CHECK_FALSE(constructed);
    }
    SUBCASE("memory that is there keeps what it holds") {
        hr::bulk_vector<int> values(3, 7);
        values.resize(1);
        values.resize(3);
        CHECK(values == hr::bulk_vector<int>{7, 7, 7});
    }
    SUBCASE("given values are kept while it grows, and copies are equal") {
        hr::bulk_vector<int> values(3, 7);
        for (int i = 0; i < 1000; ++i)
            values.push_back(i);
        values.push_back(5);
        const hr::bulk_vector<int> copy = values;
        CHECK(copy == values);
        CHECK(copy[2] == 7);
        CHECK(copy[3] == 0);
        CHECK(copy[1002] == 999);
        CHECK(copy.back() == 5);
        CHECK(hr::bulk_vector<int>(4, 0) == hr::bulk_vector<int>{0, 0, 0, 0});
    }
}

TEST_CASE("prepare_pages") {
    // Advice changes no value, wherever the stretch begins and ends.
    hr::aligned_vector<char> bytes(hr::huge_page_threshold + 12'345);
    for (std::size_t at = 0; at < bytes.size(); at += 997)
        bytes[at] = static_cast<char>(at % 101);
    hr::prepare_pages(bytes.data(), bytes.size());
    hr::prepare_pages(bytes.data() + 1, bytes.size() - 1);
    hr::prepare_pages(bytes.data(), 100);
    hr::prepare_pages(nullptr, 0);
    hr::prefetch_for_write(bytes.data());
    hr::prefetch_for_write(nullptr);
    bool kept = true;
    for (std::size_t at = 0; at < bytes.size(); ++at)
        kept = kept && bytes[at] == (at % 997 == 0 ? static_cast<char>(at % 101) : 0);
    CHECK(kept);
}
