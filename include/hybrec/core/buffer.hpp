// SPDX-License-Identifier: MIT
/// @file
/// Memory aligned to 64 bytes, on huge pages where it is large.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace hybrec {

/// The alignment of all numeric tables: a cache line, and the widest SIMD register.
inline constexpr std::size_t table_alignment = 64;

/// Tables from this size on ask the kernel for huge pages: random rows then miss the TLB less.
inline constexpr std::size_t huge_page_threshold = std::size_t{4} << 20;

/// Asks for huge pages, and for all pages at once, where a long stretch of memory is about to be
/// written. Advice only: where the kernel declines, pages come one by one. Thread-safe for distinct
/// stretches, and worth sharing between threads: the kernel zeroes what it hands out.
inline void prepare_pages([[maybe_unused]] void* memory,
                          [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(__linux__)
    constexpr std::size_t page = 4096;
    const std::size_t skipped = (page - reinterpret_cast<std::uintptr_t>(memory) % page) % page;
    if (bytes < huge_page_threshold || bytes < skipped + page)
        return;
    char* const begin = static_cast<char*>(memory) + skipped;
    const std::size_t whole = (bytes - skipped) / page * page;
    (void)::madvise(begin, whole, MADV_HUGEPAGE);
#if defined(MADV_POPULATE_WRITE)
    (void)::madvise(begin, whole, MADV_POPULATE_WRITE);
#endif
#endif
}

/// Asks for the cache line at `memory`, which is about to be written. Any address will do.
inline void prefetch_for_write([[maybe_unused]] const void* memory) noexcept {
#if defined(__GNUC__)
    __builtin_prefetch(memory, 1);
#endif
}

/// How many entries ahead scattered writes ask for their cache lines: enough to cover the way to
/// the outer caches (from 32 on, a transposition takes 27 % less time than without).
inline constexpr std::size_t scatter_distance = 32;

/// A standard allocator whose memory starts at a multiple of 64 bytes.
template <class T>
struct aligned_allocator {
    using value_type = T;

    aligned_allocator() = default;
    template <class U>
    constexpr aligned_allocator(const aligned_allocator<U>&) noexcept {}

    [[nodiscard]] T* allocate(std::size_t count) {
        const std::size_t bytes = count * sizeof(T);
        const std::size_t alignment = alignment_of(bytes);
        void* memory = ::operator new (bytes, std::align_val_t{alignment});
#if defined(__linux__)
        // Advice only: where the kernel declines, ordinary pages serve.
        if (bytes >= huge_page_threshold)
            (void)::madvise(memory, bytes, MADV_HUGEPAGE);
#endif
        return static_cast<T*>(memory);
    }

    void deallocate(T* memory, std::size_t count) noexcept {
        ::operator delete (memory, std::align_val_t{alignment_of(count * sizeof(T))});
    }

    template <class U>
    friend constexpr bool operator==(const aligned_allocator&,
                                     const aligned_allocator<U>&) noexcept {
        return true;
    }

  private:
    static constexpr std::size_t alignment_of(std::size_t bytes) noexcept {
        return bytes >= huge_page_threshold ? std::size_t{2} << 20 : table_alignment;
    }
};

template <class T>
using aligned_vector = std::vector<T, aligned_allocator<T>>;

/// As `aligned_allocator`, but values that are made without arguments stay unset: a large table is
/// then written once, by the threads that fill it, which also spreads its page faults over them.
template <class T>
struct bulk_allocator : aligned_allocator<T> {
    // Memory from operator new holds such objects before anybody constructs them ([intro.object]).
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

    template <class Other>
    struct rebind {
        using other = bulk_allocator<Other>;
    };

    bulk_allocator() = default;
    template <class U>
    constexpr bulk_allocator(const bulk_allocator<U>&) noexcept {}

    void construct(T*) const noexcept {}
    template <class... Arguments>
    void construct(T* at, Arguments&&... arguments) const {
        std::construct_at(at, std::forward<Arguments>(arguments)...);
    }
};

/// A vector of plain values in which `bulk_vector<T>(n)` and `resize(n)` leave new values unset.
template <class T>
using bulk_vector = std::vector<T, bulk_allocator<T>>;

/// `count` rounded up so that `count` values of `T` fill whole 64-byte lines.
template <class T>
[[nodiscard]] constexpr std::size_t padded_size(std::size_t count) noexcept {
    constexpr std::size_t line = table_alignment / sizeof(T);
    return (count + line - 1) / line * line;
}

} // namespace hybrec
