// SPDX-License-Identifier: MIT
/// @file
/// Memory aligned to 64 bytes, on huge pages where it is large.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <new>
#include <type_traits>
#include <utility>

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

/// The memory of one table: at a multiple of 64 bytes, on huge pages where it is large.
class table_memory {
  public:
    table_memory() = default;
    /// Holds `count` values of `value_bytes` each, unset. Throws `std::bad_alloc`.
    [[gnu::noinline]] table_memory(std::size_t count, std::size_t value_bytes) {
        if (count > static_cast<std::size_t>(PTRDIFF_MAX) / value_bytes)
            throw std::bad_array_new_length{};
        bytes_ = count * value_bytes;
        if (bytes_ == 0)
            return;
        start_ = ::operator new (bytes_, std::align_val_t{alignment_of(bytes_)});
#if defined(__linux__)
        // Advice only: where the kernel declines, ordinary pages serve.
        if (bytes_ >= huge_page_threshold)
            (void)::madvise(start_, bytes_, MADV_HUGEPAGE);
#endif
    }
    table_memory(table_memory&& other) noexcept
        : start_{std::exchange(other.start_, nullptr)}, bytes_{std::exchange(other.bytes_, 0)} {}
    table_memory& operator=(table_memory&& other) noexcept {
        std::swap(start_, other.start_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ~table_memory() {
        if (start_ != nullptr)
            give_back();
    }

    [[nodiscard]] void* start() const noexcept { return start_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  private:
    [[gnu::noinline]] void give_back() noexcept {
        ::operator delete (start_, std::align_val_t{alignment_of(bytes_)});
    }
    static constexpr std::size_t alignment_of(std::size_t bytes) noexcept {
        return bytes >= huge_page_threshold ? std::size_t{2} << 20 : table_alignment;
    }

    void* start_ = nullptr;
    std::size_t bytes_ = 0;
};

/// What a `plain_vector` does with values that are asked for without giving them.
enum class fresh_values : bool { zeroed, unset };

/// The part of `std::vector` that tables need, for plain values: every type of values costs GCC a
/// sixth of what it costs with `std::vector` (two fifths when it optimizes), and numeric code has
/// many of them. Its memory starts at a cache line. `Fresh` says whether `plain_vector(n)` and `resize(n)` make
/// values `T{}` or leave them unset: a large table is then written once, by the threads that fill
/// it, which also spreads its page faults over them.
///
/// Complexity and exceptions as of `std::vector`; iterators are pointers.
template <class T, fresh_values Fresh>
class plain_vector {
  public:
    // Memory from operator new holds such objects before anybody constructs them ([intro.object]).
    static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

    using value_type = T;
    using size_type = std::size_t;
    using iterator = T*;
    using const_iterator = const T*;

    plain_vector() = default;
    explicit plain_vector(std::size_t size) : memory_{size, sizeof(T)}, size_{size} {
        if constexpr (Fresh == fresh_values::zeroed)
            fill(0, T{});
    }
    plain_vector(std::size_t size, const T& value) : memory_{size, sizeof(T)}, size_{size} {
        fill(0, value);
    }
    /// Copies the values of [first, last), which can be read more than once.
    template <class Iterator>
    requires requires(Iterator at) { *at; }
    plain_vector(Iterator first, Iterator last) { assign(first, last); }
    plain_vector(std::initializer_list<T> values) : plain_vector(values.begin(), values.end()) {}

    plain_vector(const plain_vector& other) : plain_vector(other.begin(), other.end()) {}
    plain_vector(plain_vector&& other) noexcept
        : memory_{std::move(other.memory_)}, size_{std::exchange(other.size_, 0)} {}
    plain_vector& operator=(const plain_vector& other) {
        if (this != &other)
            assign(other.begin(), other.end());
        return *this;
    }
    plain_vector& operator=(plain_vector&& other) noexcept {
        memory_ = table_memory{std::move(other.memory_)};
        size_ = std::exchange(other.size_, 0);
        return *this;
    }
    ~plain_vector() = default;

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t capacity() const noexcept { return memory_.bytes() / sizeof(T); }
    [[nodiscard]] T* data() noexcept { return static_cast<T*>(memory_.start()); }
    [[nodiscard]] const T* data() const noexcept { return static_cast<const T*>(memory_.start()); }
    [[nodiscard]] T* begin() noexcept { return data(); }
    [[nodiscard]] const T* begin() const noexcept { return data(); }
    [[nodiscard]] T* end() noexcept { return data() + size_; }
    [[nodiscard]] const T* end() const noexcept { return data() + size_; }
    /// @pre `at < size()`.
    [[nodiscard]] T& operator[](std::size_t at) noexcept { return data()[at]; }
    [[nodiscard]] const T& operator[](std::size_t at) const noexcept { return data()[at]; }
    /// @pre `!empty()`.
    [[nodiscard]] T& front() noexcept { return *data(); }
    [[nodiscard]] const T& front() const noexcept { return *data(); }
    [[nodiscard]] T& back() noexcept { return data()[size_ - 1]; }
    [[nodiscard]] const T& back() const noexcept { return data()[size_ - 1]; }

    void clear() noexcept { size_ = 0; }
    void reserve(std::size_t capacity) {
        if (capacity > this->capacity())
            move_to(capacity);
    }
    void resize(std::size_t size) {
        const std::size_t before = grow(size);
        if constexpr (Fresh == fresh_values::zeroed)
            fill(before, T{});
    }
    void resize(std::size_t size, const T& value) {
        const T kept = value; // it may lie in this vector
        fill(grow(size), kept);
    }
    void assign(std::size_t size, const T& value) {
        const T kept = value;
        clear();
        resize(size, kept);
    }
    /// @pre [first, last) is not of this vector.
    template <class Iterator>
    requires requires(Iterator at) { *at; }
    void assign(Iterator first, Iterator last) {
        clear();
        (void)grow(static_cast<std::size_t>(std::distance(first, last)));
        for (T* at = data(); first != last; ++first, ++at)
            *at = static_cast<T>(*first);
    }
    void push_back(const T& value) {
        const T kept = value;
        const std::size_t at = grow(size_ + 1);
        data()[at] = kept;
    }

    friend bool operator==(const plain_vector& left, const plain_vector& right) noexcept {
        if (left.size_ != right.size_)
            return false;
        for (std::size_t at = 0; at < left.size_; ++at)
            if (!(left[at] == right[at]))
                return false;
        return true;
    }

  private:
    void fill(std::size_t from, T value) noexcept {
        T* const values = data();
        for (std::size_t at = from; at < size_; ++at)
            values[at] = value;
    }

    /// Takes `size`, with new values unset; returns the size before.
    std::size_t grow(std::size_t size) {
        if (size > capacity())
            move_to(size > 2 * size_ ? size : 2 * size_);
        return std::exchange(size_, size);
    }

    void move_to(std::size_t capacity) {
        table_memory larger{capacity, sizeof(T)};
        if (size_ > 0)
            std::memcpy(larger.start(), memory_.start(), size_ * sizeof(T));
        memory_ = std::move(larger);
    }

    table_memory memory_;
    std::size_t size_ = 0;
};

/// Plain values at a cache line.
template <class T>
using aligned_vector = plain_vector<T, fresh_values::zeroed>;

/// The same in which `bulk_vector<T>(n)` and `resize(n)` leave new values unset.
template <class T>
using bulk_vector = plain_vector<T, fresh_values::unset>;

/// `count` rounded up so that `count` values of `T` fill whole 64-byte lines.
template <class T>
[[nodiscard]] constexpr std::size_t padded_size(std::size_t count) noexcept {
    constexpr std::size_t line = table_alignment / sizeof(T);
    return (count + line - 1) / line * line;
}

} // namespace hybrec
