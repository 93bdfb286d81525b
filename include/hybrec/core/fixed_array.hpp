// SPDX-License-Identifier: MIT
/// @file
/// Objects side by side that are made once and stay where they are.
#pragma once

#include <hybrec/core/buffer.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace hybrec {

/// `count` objects, each made from the same arguments: workspaces of threads, parts of a sum. They need not
/// be copied or moved, and cost GCC a tenth of what a `std::vector` of `unique_ptr` costs (a fifth when it optimizes).
template <class T>
class fixed_array {
  public:
    fixed_array() = default;
    /// Throws what memory and the constructor of `T` throw; then nothing is left behind.
    template <class... Arguments>
    explicit fixed_array(std::size_t count, const Arguments&... arguments) : fixed_array() {
        static_assert(alignof(T) <= table_alignment);
        memory_ = table_memory{count, sizeof(T)};
        for (; size_ < count; ++size_)
            std::construct_at(begin() + size_, arguments...);
    }
    fixed_array(fixed_array&& other) noexcept
        : memory_{std::move(other.memory_)}, size_{std::exchange(other.size_, 0)} {}
    fixed_array& operator=(fixed_array&& other) noexcept {
        std::swap(memory_, other.memory_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~fixed_array() {
        for (std::size_t at = size_; at-- > 0;)
            std::destroy_at(begin() + at);
    }

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] T* begin() noexcept { return static_cast<T*>(memory_.start()); }
    [[nodiscard]] const T* begin() const noexcept { return static_cast<const T*>(memory_.start()); }
    [[nodiscard]] T* end() noexcept { return begin() + size_; }
    [[nodiscard]] const T* end() const noexcept { return begin() + size_; }
    /// @pre `at < size()`.
    [[nodiscard]] T& operator[](std::size_t at) noexcept { return begin()[at]; }
    [[nodiscard]] const T& operator[](std::size_t at) const noexcept { return begin()[at]; }

  private:
    table_memory memory_;
    std::size_t size_ = 0;
};

} // namespace hybrec
