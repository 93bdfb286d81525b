// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/guarded.hpp>

#include <hybrec/core/random.hpp>
#include <hybrec/hybrid/hedge.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <thread>
#include <vector>

using namespace hybrec;

TEST_CASE("readers of guarded weights see whole vectors while feedback arrives") {
    guarded weights{hedge{4, {.rate = 0.5}}};
    std::atomic<int> torn{0};
    {
        std::vector<std::jthread> threads;
        for (std::uint64_t writer = 0; writer < 2; ++writer)
            threads.emplace_back([&weights, writer] {
                for (std::uint64_t round = 0; round < 500; ++round) {
                    std::array<double, 4> rewards{};
                    for (std::uint64_t k = 0; k < 4; ++k)
                        rewards[k] = counter_random{writer}.uniform(4 * round + k);
                    weights.update([&](hedge& learner) { learner.rewards(rewards); });
                }
            });
        for (int reader = 0; reader < 2; ++reader)
            threads.emplace_back([&] {
                for (int round = 0; round < 500; ++round) {
                    const double sum = weights.read([](const hedge& learner) {
                        double total = 0;
                        for (const double weight : learner.weights())
                            total += weight;
                        return total;
                    });
                    torn += std::abs(sum - 1) > 1e-9 ? 1 : 0;
                }
            });
    }
    CHECK(torn == 0);
    // Sums of exponents do not depend on the order of the rounds, up to rounding.
    hedge alone{4, {.rate = 0.5}};
    for (std::uint64_t writer = 0; writer < 2; ++writer)
        for (std::uint64_t round = 0; round < 500; ++round) {
            std::array<double, 4> rewards{};
            for (std::uint64_t k = 0; k < 4; ++k)
                rewards[k] = counter_random{writer}.uniform(4 * round + k);
            alone.rewards(rewards);
        }
    const hedge found = weights.snapshot();
    for (std::size_t k = 0; k < 4; ++k)
        CHECK(found.weights()[k] == doctest::Approx(alone.weights()[k]).epsilon(1e-6));
}
