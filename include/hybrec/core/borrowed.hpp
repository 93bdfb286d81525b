// SPDX-License-Identifier: MIT
/// @file
/// Memory that a call borrows from its thread.
#pragma once

#include <concepts>
#include <memory>
#include <utility>
#include <vector>

namespace hybrec {

/// A `T` for the time of a call: `borrowed<workspace> memory; memory->…`. Every thread keeps what its
/// calls gave back, as it was left, so that warm calls allocate nothing. Calls may nest; each has its own.
template <std::default_initializable T>
class borrowed {
  public:
    borrowed() {
        auto& kept = spare();
        if (kept.empty()) {
            memory_ = std::make_unique<T>();
            kept.reserve(kept.capacity() + 1); // so that giving back cannot fail
        } else {
            memory_ = std::move(kept.back());
            kept.pop_back();
        }
    }
    ~borrowed() { spare().push_back(std::move(memory_)); }
    borrowed(const borrowed&) = delete;
    borrowed& operator=(const borrowed&) = delete;

    [[nodiscard]] T& operator*() noexcept { return *memory_; }
    [[nodiscard]] T* operator->() noexcept { return memory_.get(); }
    [[nodiscard]] const T& operator*() const noexcept { return *memory_; }
    [[nodiscard]] const T* operator->() const noexcept { return memory_.get(); }

  private:
    static std::vector<std::unique_ptr<T>>& spare() {
        thread_local std::vector<std::unique_ptr<T>> kept;
        return kept;
    }

    std::unique_ptr<T> memory_;
};

} // namespace hybrec
