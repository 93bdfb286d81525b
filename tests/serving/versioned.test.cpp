// SPDX-License-Identifier: MIT
#include <hybrec/serving/versioned.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace hybrec;

namespace {

/// Counts how many of it live.
struct counted {
    explicit counted(std::atomic<int>& all, int number) : alive{&all}, value{number} { ++all; }
    counted(counted&& other) noexcept : alive{other.alive}, value{other.value} { ++*alive; }
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    ~counted() {
        value = -1;
        --*alive;
    }
    std::atomic<int>* alive;
    int value;
};

} // namespace

TEST_CASE("a version lives as long as its last pin") {
    std::atomic<int> alive{0};
    {
        versioned<counted> held{counted{alive, 1}};
        CHECK(alive == 1);
        {
            const auto first = held.current();
            const auto again = held.current();
            CHECK(first.version() == 1);
            CHECK(held.replace(counted{alive, 2}) == 2);
            CHECK(alive == 2);
            CHECK(first->value == 1);
            CHECK((*again).value == 1);
            {
                const auto second = held.current();
                CHECK(second.version() == 2);
                CHECK(second->value == 2);
            }
            CHECK(alive == 2);
        }
        CHECK(alive == 1);
        CHECK(held.replace(counted{alive, 3}) == 3); // nobody has pinned version 2 any more
        CHECK(alive == 1);
        for (int number = 4; number < 500; ++number)
            held.replace(counted{alive, number});
        CHECK(alive == 1);
        CHECK(held.current()->value == 499);
    }
    CHECK(alive == 0);
}

TEST_CASE("too many versions in use are refused, and nothing changes") {
    versioned<int> held{0};
    using pin = versioned<int>::pin;
    std::vector<std::unique_ptr<const pin>> pins;
    for (int number = 1; number < 64; ++number) {
        pins.emplace_back(new pin(held.current()));
        held.replace(number);
    }
    pins.emplace_back(new pin(held.current()));
    CHECK_THROWS_WITH_AS(held.replace(64), doctest::Contains("64 versions are in use"), error);
    CHECK(*held.current() == 63);
    for (std::size_t at = 0; at < pins.size(); ++at)
        CHECK(**pins[at] == static_cast<int>(at));
    pins.erase(pins.begin() + 10);
    CHECK(held.replace(64) == 65);
    CHECK(*held.current() == 64);
}

TEST_CASE("readers see whole versions while writers replace them") {
    struct two {
        std::vector<int> left, right;
    };
    versioned<two> held{two{std::vector<int>(50, 0), std::vector<int>(50, 0)}};
    std::atomic<bool> over{false};
    std::atomic<int> torn{0};
    std::atomic<int> backwards{0};
    {
        std::vector<std::jthread> readers;
        for (int reader = 0; reader < 4; ++reader)
            readers.emplace_back([&] {
                std::uint64_t last = 0;
                do {
                    const auto pin = held.current();
                    backwards += pin.version() < last;
                    last = pin.version();
                    for (std::size_t at = 0; at < 50; ++at)
                        torn += pin->left[at] != pin->right[49 - at] ||
                                pin->left[at] + 1 != static_cast<int>(pin.version());
                } while (!over);
            });
        for (int number = 1; number <= 200; ++number) {
            held.replace(two{std::vector<int>(50, number), std::vector<int>(50, number)});
            std::this_thread::yield();
        }
        over = true;
    }
    CHECK(torn == 0);
    CHECK(backwards == 0);
    CHECK(held.current().version() == 201);
}
