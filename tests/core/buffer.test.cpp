// SPDX-License-Identifier: MIT
#include <hybrec/core/buffer.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>

namespace hr = hybrec;

static_assert(hr::padded_size<float>(0) == 0);
static_assert(hr::padded_size<float>(1) == 16);
static_assert(hr::padded_size<float>(16) == 16);
static_assert(hr::padded_size<float>(17) == 32);
static_assert(hr::padded_size<double>(9) == 16);
static_assert(hr::padded_size<std::int8_t>(65) == 128);

TEST_CASE("aligned_allocator") {
    const auto aligned = [](const void* memory) {
        return reinterpret_cast<std::uintptr_t>(memory) % hr::table_alignment == 0;
    };
    SUBCASE("vectors of any size start at a cache line") {
        for (std::size_t size : {std::size_t{1}, std::size_t{3}, std::size_t{17}, std::size_t{1000},
                                 hr::huge_page_threshold, hr::huge_page_threshold + 1}) {
            hr::aligned_vector<char> bytes(size);
            CHECK(aligned(bytes.data()));
            bytes.back() = 1;
            CHECK(bytes.front() == (size == 1 ? 1 : 0));
        }
    }
    SUBCASE("growing and copying keep values and alignment") {
        hr::aligned_vector<float> values;
        for (int i = 0; i < 100; ++i)
            values.push_back(static_cast<float>(i));
        const hr::aligned_vector<float> copy = values;
        CHECK(aligned(values.data()));
        CHECK(aligned(copy.data()));
        CHECK(copy == values);
        CHECK(copy[99] == 99);
    }
    SUBCASE("all allocators are alike") {
        CHECK(hr::aligned_allocator<float>{} == hr::aligned_allocator<double>{});
        hr::aligned_allocator<double> doubles{hr::aligned_allocator<float>{}};
        double* memory = doubles.allocate(3);
        CHECK(aligned(memory));
        doubles.deallocate(memory, 3);
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
        CHECK(reinterpret_cast<std::uintptr_t>(table.data()) % hr::table_alignment == 0);
        bool constructed = false;
        for (std::size_t at = 0; at < table.size(); at += 1000)
            constructed = constructed || table[at].value == 9;
        CHECK_FALSE(constructed);
    }
    SUBCASE("given values are kept while it grows, and copies are equal") {
        hr::bulk_vector<int> values(3, 7);
        for (int i = 0; i < 1000; ++i)
            values.push_back(i);
        values.emplace_back(5);
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
