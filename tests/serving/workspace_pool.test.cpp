// SPDX-License-Identifier: MIT
#include <hybrec/serving/workspace_pool.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace hybrec;

namespace {

struct counted_workspace {
    static inline std::atomic<int> alive{0};
    static inline std::atomic<int> made{0};
    int uses = 0;
    std::atomic<bool> used{false};
    counted_workspace() { ++alive, ++made; }
    ~counted_workspace() { --alive; }
};

} // namespace

TEST_CASE("a workspace comes back to whoever asks next") {
    counted_workspace::made = 0;
    {
        workspace_pool<counted_workspace> pool;
        for (int round = 0; round < 10; ++round) {
            const auto memory = pool.take();
            CHECK(memory->uses == round);
            ++memory->uses;
        }
        CHECK(counted_workspace::made == 1);
        {
            const auto one = pool.take();
            const auto other = pool.take();
            CHECK(&*one != &*other);
            CHECK(counted_workspace::made == 2);
        }
        CHECK(counted_workspace::alive == 2);
        {
            auto dropped = pool.take();
            dropped.drop();
            CHECK(dropped->uses == 0);
            CHECK(counted_workspace::alive == 2);
        }
    }
    CHECK(counted_workspace::alive == 0);
}

TEST_CASE("what does not fit into the pool goes") {
    {
        workspace_pool<counted_workspace> pool;
        using lease = workspace_pool<counted_workspace>::lease;
        std::vector<std::unique_ptr<const lease>> lent;
        for (std::size_t at = 0; at < pool.capacity + 5; ++at)
            lent.emplace_back(new lease(pool.take()));
        CHECK(counted_workspace::alive == static_cast<int>(pool.capacity) + 5);
        lent.clear();
        CHECK(counted_workspace::alive == static_cast<int>(pool.capacity));
    }
    CHECK(counted_workspace::alive == 0);
}

TEST_CASE("no two threads have the same workspace") {
    workspace_pool<counted_workspace> pool;
    std::atomic<int> shared{0};
    {
        std::vector<std::jthread> threads;
        for (int thread = 0; thread < 4; ++thread)
            threads.emplace_back([&] {
                for (int round = 0; round < 2000; ++round) {
                    const auto memory = pool.take();
                    shared += memory->used.exchange(true, std::memory_order_relaxed);
                    ++memory->uses; // a race, if two had it
                    memory->used.store(false, std::memory_order_relaxed);
                }
            });
    }
    CHECK(shared == 0);
}
