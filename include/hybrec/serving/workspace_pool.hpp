// SPDX-License-Identifier: MIT
/// @file
/// Warm workspaces for whoever asks.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

namespace hybrec {

/// Lends workspaces and keeps up to `capacity` that came back. Never waits; makes a new one only if
/// none lies ready. Threads start their search at different places, so that each finds its own again.
template <class Workspace>
class workspace_pool {
  public:
    static constexpr std::size_t capacity = 64;

    /// A workspace, until this object goes.
    class [[nodiscard]] lease {
      public:
        lease(const lease&) = delete;
        lease& operator=(const lease&) = delete;
        ~lease() { pool_.give_back(std::move(workspace_)); }

        [[nodiscard]] Workspace& operator*() const noexcept { return *workspace_; }
        [[nodiscard]] Workspace* operator->() const noexcept { return workspace_.get(); }

        /// Replaces the workspace by a new one: an exception may have left it half changed.
        void drop() { workspace_ = std::make_unique<Workspace>(); }

      private:
        friend workspace_pool;
        lease(workspace_pool& pool, std::unique_ptr<Workspace> workspace) noexcept
            : pool_{pool}, workspace_{std::move(workspace)} {}
        workspace_pool& pool_;
        std::unique_ptr<Workspace> workspace_;
    };

    workspace_pool() = default;
    workspace_pool(const workspace_pool&) = delete;
    workspace_pool& operator=(const workspace_pool&) = delete;
    /// @pre nothing is lent.
    ~workspace_pool() {
        for (const place& each : places_)
            delete each.workspace.load(std::memory_order_acquire);
    }

    lease take() {
        const std::size_t first = preferred();
        for (std::size_t at = 0; at < capacity; ++at) {
            std::atomic<Workspace*>& kept = places_[(first + at) % capacity].workspace;
            if (kept.load(std::memory_order_relaxed) == nullptr)
                continue;
            if (Workspace* found = kept.exchange(nullptr, std::memory_order_acquire))
                return {*this, std::unique_ptr<Workspace>{found}};
        }
        return {*this, std::make_unique<Workspace>()};
    }

  private:
    struct alignas(64) place {
        std::atomic<Workspace*> workspace{nullptr};
    };

    static std::size_t preferred() noexcept {
        // Thread ids are addresses in Linux: their low bits are all alike.
        return std::hash<std::thread::id>{}(std::this_thread::get_id()) * 0x9E3779B97F4A7C15U >> 48;
    }

    void give_back(std::unique_ptr<Workspace> workspace) noexcept {
        const std::size_t first = preferred();
        for (std::size_t at = 0; at < capacity; ++at) {
            Workspace* nothing = nullptr;
            if (places_[(first + at) % capacity].workspace.compare_exchange_strong(
                    nothing, workspace.get(), std::memory_order_release,
                    std::memory_order_relaxed)) {
                static_cast<void>(workspace.release());
                return;
            }
        }
    }

    std::array<place, capacity> places_;
};

} // namespace hybrec
