// SPDX-License-Identifier: MIT
/// @file
/// A value that is replaced while others read it.
#pragma once

#include <hybrec/core/error.hpp>

#include <array>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>

namespace hybrec {

/// Holds the current version of a value. A reader pins the version that is current and reads it as
/// long as it likes; an old version is destroyed when its last pin goes, by whoever held it.
///
/// Pinning and letting go are one atomic addition each: no loop, no lock, also while a swap is running
/// (split reference counts: Williams, C++ Concurrency in Action, 2019, section 7.2.4). Writers
/// wait for one another. std::atomic<std::shared_ptr> would do in less code, but takes a lock in
/// libstdc++ 12.
template <class T>
class versioned {
  public:
    /// How many versions can be in use at a time.
    static constexpr std::size_t max_versions = 64;

  private:
    struct alignas(64) slot {
        std::unique_ptr<const T> value;
        std::uint64_t version = 0;
        std::atomic<std::int64_t> balance{0}; // pins that are counted here - pins that have gone
        std::atomic<bool> taken{false};

        void clear() noexcept {
            value.reset();
            taken.store(false, std::memory_order_release);
        }
    };

  public:
    /// One version, for as long as this object lives.
    class [[nodiscard]] pin {
      public:
        pin(const pin&) = delete;
        pin& operator=(const pin&) = delete;
        ~pin() {
            // Below 1 until `replace` has added the pins that it counted; who brings the sum to 0 then
            // is the last one.
            if (slot_.balance.fetch_sub(1, std::memory_order_acq_rel) == 1)
                slot_.clear();
        }

        [[nodiscard]] const T& operator*() const noexcept { return *slot_.value; }
        [[nodiscard]] const T* operator->() const noexcept { return slot_.value.get(); }
        /// Counts from 1.
        [[nodiscard]] std::uint64_t version() const noexcept { return slot_.version; }

      private:
        friend versioned;
        explicit pin(slot& pinned) noexcept : slot_{pinned} {}
        slot& slot_;
    };

    explicit versioned(T value) {
        slots_[0].value = std::make_unique<const T>(std::move(value));
        slots_[0].version = 1;
        slots_[0].taken.store(true, std::memory_order_relaxed);
    }
    versioned(const versioned&) = delete;
    versioned& operator=(const versioned&) = delete;
    /// @pre nothing is pinned.
    ~versioned() {
        for ([[maybe_unused]] const slot& each : slots_)
            assert((!each.taken.load() || &each == &slots_[word_.load() % max_versions]) &&
                   "a version is pinned");
    }

    /// Pins the current version. Wait-free; thread-safe.
    pin current() const noexcept {
        const std::uint64_t word = word_.fetch_add(max_versions, std::memory_order_acquire);
        return pin{slots_[word % max_versions]};
    }

    /// Makes `value` the current version and returns its number. Pins that exist are not touched.
    /// @throws error if `max_versions` are in use.
    std::uint64_t replace(T value) {
        auto kept = std::make_unique<const T>(std::move(value));
        const std::lock_guard lock{writers_};
        std::size_t free = 0;
        while (slots_[free].taken.load(std::memory_order_acquire))
            if (++free == max_versions)
                fail<error>({"versioned: ", max_versions,
                             " versions are in use; requests seem to hold on to old ones"});
        slot& next = slots_[free];
        next.value = std::move(kept);
        next.version = ++last_version_;
        next.balance.store(0, std::memory_order_relaxed);
        next.taken.store(true, std::memory_order_relaxed);
        const std::uint64_t word = word_.exchange(free, std::memory_order_acq_rel);
        slot& old = slots_[word % max_versions];
        const auto pins = static_cast<std::int64_t>(word / max_versions);
        if (old.balance.fetch_add(pins, std::memory_order_acq_rel) + pins == 0)
            old.clear();
        return last_version_;
    }

  private:
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

    mutable std::array<slot, max_versions> slots_;
    // Slot of the current version, and above it how often it was pinned: 58 bits, years at any rate.
    alignas(64) mutable std::atomic<std::uint64_t> word_{0};
    alignas(64) std::mutex writers_;
    std::uint64_t last_version_ = 1;
};

} // namespace hybrec
