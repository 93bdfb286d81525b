// SPDX-License-Identifier: MIT
#include <hybrec/serving/abandonable.hpp>

#include "engines.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace hybrec;
using namespace std::chrono_literals;

namespace {

/// A door at which calls wait.
class gate {
  public:
    void pass() {
        std::unique_lock lock{mutex_};
        changed_.wait(lock, [&] { return open_; });
    }
    void open(bool now = true) {
        const std::lock_guard lock{mutex_};
        open_ = now;
        changed_.notify_all();
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool open_ = false;
};

/// Recommends the history, each item as often as asked; hangs for user 1, throws for user 2.
struct moody {
    struct workspace {
        int uses = 0;
    };
    std::shared_ptr<gate> door = std::make_shared<gate>();
    std::shared_ptr<std::atomic<int>> ended = std::make_shared<std::atomic<int>>(0);
    /// The last first item of a history.
    std::shared_ptr<std::atomic<std::uint32_t>> saw =
        std::make_shared<std::atomic<std::uint32_t>>(0);

    std::size_t recommend_into(const request<>& who, std::span<scored_item> out,
                               workspace& memory) const {
        if (who.user == user_index{2})
            throw std::runtime_error{"in a mood"};
        if (who.user == user_index{1})
            door->pass();
        ++memory.uses;
        std::size_t size = 0;
        if (!who.history.empty())
            *saw = who.history.front().index.value();
        for (const auto [item, weight] : who.history)
            if (size < out.size())
                out[size++] = {item, weight};
        ++*ended;
        return size;
    }
};

/// A deadline in real time, and a record of failures.
struct impatient {
    hybrec::deadline<> due;
    std::vector<generator_failure> kinds{};
    std::vector<std::string> texts{};

    void stage_begin(std::size_t) noexcept {}
    void stage_end(std::size_t) noexcept {}
    void generator_failed(std::size_t, generator_failure why, std::string_view what) noexcept {
        kinds.push_back(why);
        texts.emplace_back(what);
    }
    void deadline_passed(std::size_t) noexcept {}
    [[nodiscard]] hybrec::deadline<> deadline() const noexcept { return due; }
};

static_assert(staged_engine<abandonable<moody>> && engine_observer<impatient>);
static_assert(!sized_engine<abandonable<moody>>);

} // namespace

TEST_CASE("a call that returns in time is as if nobody had been between") {
    const abandonable engine{moody{}};
    abandonable<moody>::workspace memory;
    const std::vector<weighted_item> history{{item_index{4}, 2.0F}, {item_index{3}, 1.0F}};
    std::vector<scored_item> out(5);
    for (int round = 0; round < 3; ++round)
        CHECK(engine.recommend_into({user_index{0}, history}, out, memory) == 2);
    CHECK(out[0] == scored_item{item_index{4}, 2.0F});
    CHECK(out[1] == scored_item{item_index{3}, 1.0F});
    CHECK(engine.recommend_into({user_index{0}, history}, std::span{out}.first(1), memory) == 1);
    CHECK(engine.running() == 0);

    CHECK_THROWS_WITH_AS(engine.recommend_into({user_index{2}, history}, out, memory), "in a mood",
                         std::runtime_error);
    CHECK(engine.recommend_into({user_index{0}, history}, out, memory) == 2);
    CHECK_THROWS_AS((abandonable{moody{}, {.threads = 0}}), option_error);
}

TEST_CASE("a call that hangs is left behind and writes into its own memory") {
    moody inner;
    abandonable<moody>::workspace memory;
    auto history = std::make_unique<std::vector<weighted_item>>(
        std::vector<weighted_item>{{item_index{4}, 2.0F}, {item_index{3}, 1.0F}});
    auto out = std::make_unique<std::vector<scored_item>>(2, scored_item{item_index{77}, 7.0F});
    {
        const abandonable engine{inner, {.threads = 2}};
        impatient observer{deadline<>::in(20ms)};
        CHECK(engine.recommend_into({user_index{1}, *history}, *out, memory, observer) == 0);
        CHECK(observer.kinds == std::vector{generator_failure::late});
        CHECK(observer.texts.front() == "it has not returned in time");
        CHECK(out->front() == scored_item{item_index{77}, 7.0F});
        CHECK(engine.running() == 1);

        // The other helper serves others.
        impatient relaxed{deadline<>::in(60s)};
        CHECK(engine.recommend_into({user_index{0}, *history}, *out, memory, relaxed) == 2);
        CHECK(relaxed.kinds.empty());

        // Two hanging calls hold up both: the third one is late without having been asked.
        impatient second{deadline<>::in(20ms)}, third{deadline<>::in(20ms)};
        CHECK(engine.recommend_into({user_index{1}, *history}, *out, memory, second) == 0);
        CHECK(engine.running() == 2);
        CHECK(engine.recommend_into({user_index{0}, *history}, *out, memory, third) == 0);
        CHECK(third.texts.front() == "all helper threads are held up");

        history->front().index = item_index{99};
        history.reset(); // what the abandoned calls got is their own
        out.reset();
        inner.door->open();
        while (engine.running() != 0)
            std::this_thread::yield();
        CHECK(*inner.ended == 3);
        CHECK(*inner.saw == 4);

        inner.door->open(false);
        std::vector<scored_item> later(1);
        impatient last{deadline<>::in(20ms)};
        CHECK(engine.recommend_into(user_index{1}, later, memory, last) == 0);
    } // the engine goes while a call hangs
    inner.door->open();
    while (*inner.ended != 4)
        std::this_thread::yield();
}

TEST_CASE("a generator that hangs costs a pipeline its own list") {
    const moody inner;
    {
        const abandonable hangs{inner, {.threads = 1}};
        impatient observer{deadline<>::in(20ms)};
        abandonable<moody>::workspace memory;
        list_checker checker;
        std::vector<scored_item> out(2);
        const auto generate = [&](std::span<scored_item> list, auto& inner_observer) {
            return hangs.recommend_into(user_index{1}, list, memory, inner_observer);
        };
        CHECK(guarded_call(3, generate, std::span{out}, 100, checker, observer) == 0);
        CHECK(observer.kinds == std::vector{generator_failure::late});
        CHECK(observer.texts.front() == "it has not returned in time");
        CHECK(guarded_call(4, generate, std::span{out}, 100, checker, observer) == 0);
        CHECK(observer.kinds.back() == generator_failure::skipped);
    }
    inner.door->open();
    while (*inner.ended != 1)
        std::this_thread::yield();
}

TEST_CASE("many callers share a few helpers") {
    const abandonable engine{moody{}, {.threads = 2}};
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> callers;
        for (std::uint32_t caller = 0; caller < 4; ++caller)
            callers.emplace_back([&, caller] {
                abandonable<moody>::workspace memory;
                std::vector<scored_item> out(1);
                for (std::uint32_t round = 0; round < 100; ++round) {
                    const std::vector<weighted_item> history{
                        {item_index{1000 * caller + round}, 1.0F}};
                    wrong += engine.recommend_into({user_index{0}, history}, out, memory) != 1 ||
                             out[0].index != history[0].index;
                }
            });
    }
    CHECK(wrong == 0);
    CHECK(engine.running() == 0);
}
