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

// Not inlined: GCC then takes malloc and delete for a mismatch.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
    ++allocations();
    if (void* memory = std::malloc(bytes == 0 ? 1 : bytes))
        return memory;
    throw std::bad_alloc{};
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
