// SPDX-License-Identifier: MIT
/// @file
/// Memory that a call borrows from its thread.
#pragma once

#include <concepts>
#include <utility>

namespace hybrec {

/// A `T` for the time of a call: `borrowed<workspace> memory; memory->…`. Every thread keeps what its
/// calls gave back, as it was left, so that warm calls allocate nothing. Calls may nest; each has its own.
template <std::default_initializable T>
class borrowed {
  public:
    borrowed() {
        shelf& kept = spare();
        if (kept.top == nullptr)
            memory_ = new node;
        else
            memory_ = std::exchange(kept.top, kept.top->next);
    }
    ~borrowed() {
        shelf& kept = spare();
        memory_->next = std::exchange(kept.top, memory_);
    }
    borrowed(const borrowed&) = delete;
    borrowed& operator=(const borrowed&) = delete;

    [[nodiscard]] T& operator*() noexcept { return memory_->value; }
    [[nodiscard]] T* operator->() noexcept { return &memory_->value; }
    [[nodiscard]] const T& operator*() const noexcept { return memory_->value; }
    [[nodiscard]] const T* operator->() const noexcept { return &memory_->value; }

  private:
    struct node {
        T value{};
        node* next = nullptr;
    };
    /// What the thread has been given back.
    struct shelf {
        shelf() = default;
        shelf(const shelf&) = delete;
        shelf& operator=(const shelf&) = delete;
        ~shelf() {
            while (top != nullptr)
                delete std::exchange(top, top->next);
        }

        node* top = nullptr;
    };
    static shelf& spare() {
        thread_local shelf kept;
        return kept;
    }

    node* memory_;
};

} // namespace hybrec
