// SPDX-License-Identifier: MIT
// Counts what this thread allocates. Included by one test: it replaces operator new.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

inline std::size_t& allocations() noexcept {
    thread_local std::size_t count = 0;
    return count;
}

#if defined(__SANITIZE_THREAD__)
inline constexpr bool counts_allocations = false;
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
inline constexpr bool counts_allocations = false; // clang's runtime has these functions already
#else
#define HYBREC_TEST_COUNTS_ALLOCATIONS
#endif
#else
#define HYBREC_TEST_COUNTS_ALLOCATIONS
#endif

#ifdef HYBREC_TEST_COUNTS_ALLOCATIONS
inline constexpr bool counts_allocations = true;

// Not inlined: GCC then takes malloc and delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    ++allocations();
    if (void* memory = std::malloc(bytes == 0 ? 1 : bytes))
        return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void* operator new(std::size_t bytes, const std::nothrow_t&) noexcept {
    ++allocations();
    return std::malloc(bytes == 0 ? 1 : bytes);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

[[gnu::noinline]] void* operator new(std::size_t bytes, std::align_val_t alignment) {
    ++allocations();
    const auto step = static_cast<std::size_t>(alignment);
    if (void* memory = std::aligned_alloc(step, (bytes + step - 1) / step * step))
        return memory;
    throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
#endif
