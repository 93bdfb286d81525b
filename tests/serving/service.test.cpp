// SPDX-License-Identifier: MIT
#include <hybrec/serving/service.hpp>

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/data/synthetic.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/pipeline.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>
#include <hybrec/rerank/embedding_similarity.hpp>
#include <hybrec/rerank/mmr.hpp>
#include <hybrec/serving/abandonable.hpp>
#include <hybrec/serving/model_engine.hpp>
#include <hybrec/serving/popularity_fallback.hpp>

#include "allocations.hpp"
#include "engines.hpp"
#include "purchases.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace hybrec;
using namespace std::chrono_literals;
using engines::counting_engine;
using engines::items;
using engines::manual_clock;
using engines::staged;

namespace {

using manual = timed<manual_clock>;

std::vector<issue_kind> kinds(const answer& result) {
    std::vector<issue_kind> found;
    for (const issue& each : result.issues)
        found.push_back(each.kind);
    return found;
}
std::vector<std::string> names(const answer& result) {
    std::vector<std::string> found;
    for (const stage_time& each : result.stages)
        found.emplace_back(each.name);
    return found;
}

/// The items 90, 91, …
const counting_engine last_resort{.first = 90};

struct hourly {
    long second = 0;
    [[nodiscard]] long cache_key() const { return second / 3600; }
};
struct keyless {
    int screen = 0;
};

template <class Engine, class Options, class Fallback>
concept can_serve = requires(Engine engine, Options options, Fallback fallback) {
    service{engine, options, fallback};
};
static_assert(can_serve<counting_engine, service_options<>, counting_engine>);
static_assert(!can_serve<popularity, service_options<>, counting_engine>, "a model is no engine");
static_assert(!can_serve<counting_engine, service_options<>, popularity>);
static_assert(!can_serve<model_engine<popularity>, service_options<>, int>);

} // namespace

TEST_CASE("a service answers from its engine, then from its cache") {
    std::atomic<int> calls{0};
    const service served{counting_engine{.first = 5, .calls = &calls}};
    const answer first = served.recommend(user_index{1}, 3);
    CHECK(items(first.items) == std::vector{5, 6, 7});
    CHECK_FALSE(first.from_cache);
    CHECK_FALSE(first.degraded);
    CHECK_FALSE(first.from_fallback);
    CHECK(first.version == 1);
    CHECK(names(first) == std::vector<std::string>{"engine"});
    const answer second = served.recommend(user_index{1}, 3);
    CHECK(second.from_cache);
    CHECK(second.items == first.items);
    CHECK(second.stages.empty());
    CHECK(second.version == 1);
    CHECK(calls == 1);
    CHECK(served.recommend(user_index{1}, 2).items.size() == 2);
    CHECK(served.recommend(user_index{2}, 3).from_cache == false);
    CHECK(calls == 3);
    CHECK(served.cache().hits == 1);
    CHECK(served.cache().misses == 3);
    CHECK(served.latencies().total().count() == 4);
    CHECK(served.latencies().stage(0).count() == 3);
    CHECK(served.latencies().fallback().count() == 0);
    CHECK(served.recommend(user_index{2}, 0).items.empty());
}

TEST_CASE("an answer is kept for its time, its user and its version") {
    std::atomic<int> calls{0};
    service served{counting_engine{.first = 5, .calls = &calls},
                   {.time_to_live = 5min},
                   no_fallback{},
                   manual{}};
    const auto from_cache = [&](user_index user) { return served.recommend(user, 3).from_cache; };
    CHECK_FALSE(from_cache(user_index{1}));
    manual_clock::advance(5min - 1ns);
    CHECK(from_cache(user_index{1}));
    manual_clock::advance(1ns);
    CHECK_FALSE(from_cache(user_index{1}));
    CHECK(served.cache().expirations == 1);

    CHECK_FALSE(from_cache(user_index{2}));
    served.invalidate(user_index{1});
    CHECK_FALSE(from_cache(user_index{1}));
    CHECK(from_cache(user_index{2}));

    CHECK(served.swap(counting_engine{.first = 20, .calls = &calls}) == 2);
    const answer swapped = served.recommend(user_index{2}, 3);
    CHECK_FALSE(swapped.from_cache);
    CHECK(swapped.version == 2);
    CHECK(items(swapped.items) == std::vector{20, 21, 22});
    CHECK(from_cache(user_index{2}));
    served.clear_cache();
    CHECK_FALSE(from_cache(user_index{2}));

    service uncached{counting_engine{.calls = &calls}, {.cache_size = 0}};
    calls = 0;
    CHECK_FALSE(uncached.recommend(user_index{1}, 3).from_cache);
    CHECK_FALSE(uncached.recommend(user_index{1}, 3).from_cache);
    CHECK(calls == 2);
}

TEST_CASE("the context decides what is the same request") {
    const service by_key{counting_engine{}, service_options<hourly>{}};
    static_assert(decltype(by_key)::can_cache);
    using keyed = request<hourly>;
    CHECK_FALSE(by_key.recommend(keyed{user_index{1}, {10}}, 3).from_cache);
    CHECK(by_key.recommend(keyed{user_index{1}, {3599}}, 3).from_cache);
    CHECK_FALSE(by_key.recommend(keyed{user_index{1}, {3600}}, 3).from_cache);

    const service unkeyed{counting_engine{}, service_options<keyless>{}};
    static_assert(!decltype(unkeyed)::can_cache);
    CHECK_FALSE(unkeyed.recommend(request<keyless>{user_index{1}}, 3).from_cache);
    CHECK_FALSE(unkeyed.recommend(request<keyless>{user_index{1}}, 3).from_cache);

    const service served{counting_engine{}};
    const std::vector<weighted_item> basket{{item_index{1}, 1.0F}};
    std::vector<weighted_item> copy = basket;
    CHECK_FALSE(served.recommend(std::span<const weighted_item>{basket}, 3).from_cache);
    CHECK(served.recommend(std::span<const weighted_item>{copy}, 3).from_cache);
    copy[0].value = 2;
    CHECK_FALSE(served.recommend(std::span<const weighted_item>{copy}, 3).from_cache);
}

TEST_CASE("what an engine does wrong becomes an issue, and the fallback answers") {
    std::vector<std::string> told;
    const service_options<> options{.cache_size = 10, .on_error = [&](const issue& each) {
                                        told.push_back(each.what);
                                        throw std::runtime_error{"from the callback"};
                                    }};
    SUBCASE("an engine that throws") {
        staged pipeline;
        pipeline.rank_throws = true;
        const service served{pipeline, options, last_resort};
        for (int round = 0; round < 2; ++round) {
            const answer result = served.recommend(user_index{1}, 2);
            CHECK(items(result.items) == std::vector{90, 91});
            CHECK(result.degraded);
            CHECK(result.from_fallback);
            CHECK_FALSE(result.from_cache); // a degraded answer is not kept
            CHECK(kinds(result) == std::vector{issue_kind::engine_threw});
            CHECK(result.issues[0].what == "no such feature");
            CHECK(names(result) == std::vector<std::string>{"candidates", "rank", "fallback"});
        }
        CHECK(told == std::vector<std::string>{"no such feature", "no such feature"});
        CHECK(served.latencies().fallback().count() == 2);
    }
    SUBCASE("an engine with nothing for this request") {
        popularity empty;
        const service served{model_engine{empty}, options, last_resort};
        const answer result = served.recommend(user_index{1}, 2);
        // An engine without a catalogue has nothing for anybody.
        CHECK(kinds(result) == std::vector{issue_kind::nothing_found});
        CHECK(items(result.items) == std::vector{90, 91});
    }
    SUBCASE("a fallback that throws as well") {
        staged pipeline;
        pipeline.rank_throws = true;
        const service served{pipeline, options, pipeline};
        const answer result = served.recommend(user_index{1}, 2);
        CHECK(result.items.empty());
        CHECK(result.degraded);
        CHECK_FALSE(result.from_fallback);
        CHECK(kinds(result) == std::vector{issue_kind::engine_threw, issue_kind::fallback_threw});
    }
    SUBCASE("no fallback") {
        staged pipeline;
        pipeline.rank_throws = true;
        const service served{pipeline, options};
        CHECK(served.recommend(user_index{1}, 2).items.empty());
        CHECK(served.recommend(user_index{1}, 2).degraded);
    }
}

TEST_CASE("a list that no engine may give does not reach the caller") {
    struct rubbish {
        struct workspace {};
        std::size_t extra = 0;
        [[nodiscard]] std::size_t item_count() const { return 10; }
        std::size_t recommend_into(const request<>&, std::span<scored_item> out, workspace&) const {
            const float nan = std::numeric_limits<float>::quiet_NaN();
            const scored_item list[] = {
                {item_index{1}, nan}, {item_index{2}, 2}, {item_index{10}, 1}, {item_index{2}, 1}};
            std::copy(std::begin(list), std::end(list), out.begin());
            return 4 + extra;
        }
    };
    const service served{rubbish{}, {}, last_resort};
    const answer result = served.recommend(user_index{1}, 4);
    CHECK(items(result.items) == std::vector{2});
    CHECK(result.degraded);
    CHECK(kinds(result) == std::vector{issue_kind::engine_invalid});

    const service beyond{rubbish{.extra = 1}, {}, last_resort};
    const answer other = beyond.recommend(user_index{1}, 4);
    CHECK(items(other.items) == std::vector{90, 91, 92, 93});
    CHECK(kinds(other) == std::vector{issue_kind::engine_invalid});

    const service as_fallback{staged{.generators = {}}, {}, rubbish{}};
    CHECK(kinds(as_fallback.recommend(user_index{1}, 4)) ==
          std::vector{issue_kind::nothing_found, issue_kind::fallback_invalid});
}

TEST_CASE("a pipeline whose generators fail answers from the others and says so") {
    using how = staged::behaviour;
    const service_options<> options{.time_budget = 5ms};
    const auto answer_of = [&](std::vector<how> generators) {
        const service served{staged{.generators = std::move(generators)}, options, last_resort,
                             manual{}};
        return served.recommend(user_index{1}, 10);
    };
    const answer well = answer_of({how::well, how::well, how::well});
    CHECK(well.issues.empty());
    CHECK_FALSE(well.degraded);
    CHECK(names(well) == std::vector<std::string>{"candidates", "rank", "rerank"});
    // By score, then by index, and the whole reversed.
    CHECK(items(well.items) == std::vector{22, 21, 12, 20, 11, 2, 10, 1, 0});

    const answer thrown = answer_of({how::throws, how::well, how::throws_int});
    CHECK(items(thrown.items) == std::vector{12, 11, 10});
    CHECK(thrown.degraded);
    CHECK_FALSE(thrown.from_fallback);
    CHECK(kinds(thrown) == std::vector{issue_kind::generator_threw, issue_kind::generator_threw});
    CHECK(thrown.issues[0].part == 0);
    CHECK(thrown.issues[0].what == "the feature store is gone");
    CHECK(thrown.issues[1].part == 2);

    const answer rubbish = answer_of({how::not_finite, how::unknown, how::repeated});
    CHECK(items(rubbish.items) == std::vector{21, 12, 20, 2, 10, 1});
    CHECK(kinds(rubbish) == std::vector(3, issue_kind::generator_invalid));

    const answer late = answer_of({how::well, how::slow, how::well});
    CHECK(items(late.items) == std::vector{0, 1, 2}); // ranked, and not reversed any more
    CHECK(kinds(late) == std::vector{issue_kind::generator_late, issue_kind::generator_skipped,
                                     issue_kind::stage_skipped, issue_kind::engine_late});
    CHECK(late.issues[2].what == "rerank");
    CHECK(late.degraded);
    CHECK(names(late) == std::vector<std::string>{"candidates", "rank"});
    CHECK(late.stages[0].time == 10ms);
    CHECK(late.stages[1].time == 0ms);

    const answer all = answer_of({how::throws, how::too_long, how::slow});
    CHECK(items(all.items) == std::vector{90, 91, 92, 93, 94, 95, 96, 97, 98, 99});
    CHECK(all.from_fallback);
}

TEST_CASE("a deadline is that of the call, else that of the options") {
    struct slow {
        struct workspace {};
        std::size_t recommend_into(const request<>&, std::span<scored_item> out, workspace&) const {
            manual_clock::advance(10ms);
            out[0] = {item_index{1}, 1};
            return 1;
        }
    };
    service served{slow{}, {.time_budget = 20ms}, last_resort, manual{}};
    CHECK(served.recommend(user_index{1}, 1).issues.empty());
    const answer late = served.recommend(user_index{2}, 1, 10ms);
    CHECK(kinds(late) == std::vector{issue_kind::engine_late});
    CHECK_FALSE(late.degraded); // complete, though late
    CHECK(served.recommend(user_index{2}, 1).from_cache);
    CHECK(served.latencies().stage(0).max() == 10ms);
    CHECK(served.latencies().total().count() == 3);

    const answer hopeless = served.recommend(user_index{3}, 1, -1ns);
    CHECK(kinds(hopeless) == std::vector{issue_kind::engine_skipped});
    CHECK(items(hopeless.items) == std::vector{90});
    CHECK(hopeless.degraded);
}

TEST_CASE("an engine that hangs past its deadline is left behind") {
    struct hanging {
        struct workspace {};
        std::shared_ptr<std::atomic<bool>> released = std::make_shared<std::atomic<bool>>(false);
        std::size_t recommend_into(const request<>&, std::span<scored_item>, workspace&) const {
            released->wait(false);
            return 0;
        }
    };
    const hanging inner;
    {
        const service served{abandonable{inner}, {.time_budget = 20ms}, last_resort};
        const answer result = served.recommend(user_index{1}, 2);
        CHECK(items(result.items) == std::vector{90, 91});
        CHECK(kinds(result) == std::vector{issue_kind::generator_late});
        CHECK(result.degraded);
    }
    *inner.released = true;
    inner.released->notify_all();
}

TEST_CASE("what is not measured costs nothing") {
    const service served{staged{}, {.cache_size = 0}, last_resort, untimed<manual_clock>{}};
    static_assert(std::is_empty_v<decltype(served)::latencies_type>);
    manual_clock::asked = 0;
    const answer result = served.recommend(user_index{1}, 3);
    CHECK(result.items.size() == 3);
    CHECK(result.stages.empty());
    CHECK(manual_clock::asked == 0);

    const service cached{staged{}, {}, last_resort, untimed<manual_clock>{}};
    CHECK_FALSE(cached.recommend(user_index{1}, 3).from_cache);
    CHECK(manual_clock::asked == 1); // for the time to live
    CHECK(cached.recommend(user_index{1}, 3).from_cache);
    CHECK(manual_clock::asked == 2);
}

TEST_CASE("a warm call allocates nothing") {
    const user_items matrix = purchases::matrix();
    implicit_als<> als{{.factors = 4, .iterations = 2}};
    als.fit(matrix);
    popularity popular;
    popular.fit(matrix);
    const service served{model_engine{als}, {.cache_size = 2}, popularity_fallback{popular}};
    const service pipeline{staged{}, {.cache_size = 2}, last_resort};
    answer result;
    const auto round = [&] {
        for (std::uint32_t user = 0; user < 4; ++user) { // four users, two places in the cache
            served.recommend(user_index{user}, 3, result);
            served.recommend(user_index{user}, 3, result);
            pipeline.recommend(user_index{user}, 3, result);
        }
    };
    round();
    const std::size_t before = allocations();
    for (int again = 0; again < 10; ++again)
        round();
    CHECK(allocations() == before);

    // Nor does a context that owns memory.
    const service spoken{staged{}, service_options<std::string>{.cache_size = 2}, last_resort};
    request<std::string> who{user_index{0}, std::string(100, 'x')};
    const auto speak = [&] {
        for (std::uint32_t user = 0; user < 8; ++user) {
            who.user = user_index{user / 2};
            who.context[3] = static_cast<char>('a' + user / 2);
            spoken.recommend(who, 3, result);
        }
    };
    speak();
    const std::size_t silent = allocations();
    speak();
    CHECK(allocations() == silent);
    CHECK(spoken.cache().hits == 8);
    CHECK(spoken.cache().evictions == 6);

    CHECK(served.cache().hits >= 40);
    CHECK(served.cache().evictions >= 40);

    (void)served.recommend(user_index{1}, 3);
    CHECK((allocations() > silent) == counts_allocations); // the counter counts
}

TEST_CASE("an engine that threw starts with a new workspace") {
    struct spoilt {
        struct workspace {
            bool half_done = false;
        };
        std::size_t recommend_into(const request<>& who, std::span<scored_item> out,
                                   workspace& memory) const {
            if (memory.half_done)
                return 0;
            memory.half_done = true;
            if (who.user == user_index{0})
                throw std::runtime_error{"half way"};
            memory.half_done = false;
            out[0] = {item_index{1}, 1};
            return 1;
        }
    };
    const service served{spoilt{}, {.cache_size = 0}};
    CHECK(served.recommend(user_index{1}, 1).items.size() == 1);
    CHECK(kinds(served.recommend(user_index{0}, 1)) == std::vector{issue_kind::engine_threw});
    CHECK(served.recommend(user_index{1}, 1).items.size() == 1);
}

TEST_CASE("engines are held by value or shared") {
    const counting_engine engine{.first = 3};
    const service shared{std::cref(engine), {}, std::cref(last_resort)};
    CHECK(items(shared.recommend(user_index{1}, 2).items) == std::vector{3, 4});
    CHECK_THROWS_AS((service{engine, {.time_to_live = 0s}}), option_error);
}

TEST_CASE("four threads of requests against a hundred swaps: every answer is of one version") {
    /// All its items are its number, in a memory that goes with it.
    struct numbered {
        struct workspace {
            std::vector<scored_item> list;
        };
        std::shared_ptr<std::atomic<int>> alive;
        std::vector<std::uint32_t> numbers;

        numbered(std::shared_ptr<std::atomic<int>> all, std::uint32_t number)
            : alive{std::move(all)}, numbers(100, number) {
            ++*alive;
        }
        numbered(numbered&& other) noexcept
            : alive{other.alive}, numbers{std::move(other.numbers)} {
            ++*alive;
        }
        ~numbered() {
            numbers.assign(numbers.size(), 0);
            --*alive;
        }
        std::size_t recommend_into(const request<>&, std::span<scored_item> out,
                                   workspace& memory) const {
            memory.list.resize(out.size());
            for (std::size_t at = 0; at < out.size(); ++at)
                memory.list[at] = {item_index(1000 * numbers[at] + at),
                                   static_cast<float>(numbers[99 - at])};
            std::copy(memory.list.begin(), memory.list.end(), out.begin());
            return out.size();
        }
    };
    const auto alive = std::make_shared<std::atomic<int>>(0);
    std::atomic<int> torn{0}, hits{0}, backwards{0}, answered{0};
    {
        service served{numbered{alive, 1}, {.cache_size = 600}};
        std::atomic<bool> over{false};
        {
            std::vector<std::jthread> threads;
            for (std::uint32_t thread = 0; thread < 4; ++thread)
                threads.emplace_back([&, thread] {
                    answer result;
                    std::uint64_t last = 0;
                    for (std::uint32_t step = 0; !over; ++step) {
                        served.recommend(user_index{(thread + step * 7) % 400}, 10, result);
                        torn += result.items.size() != 10 || result.degraded;
                        backwards += result.version < last;
                        last = result.version;
                        for (std::size_t at = 0; at < result.items.size(); ++at)
                            torn += result.items[at].index.value() != 1000 * result.version + at ||
                                    result.items[at].score != static_cast<float>(result.version);
                        hits += result.from_cache;
                        ++answered;
                        if (step % 50 == 0)
                            served.invalidate(user_index{step % 400});
                    }
                });
            for (std::uint32_t number = 2; number <= 101; ++number) {
                const int seen = answered;
                CHECK(served.swap(numbered{alive, number}) == number);
                while (answered < seen + 40) // requests between swaps, however slow the machine
                    std::this_thread::yield();
            }
            over = true;
        }
        CHECK(*alive == 1);
        CHECK(served.recommend(user_index{0}, 1).version == 101);
    }
    CHECK(*alive == 0);
    CHECK(torn == 0);
    CHECK(backwards == 0);
    CHECK(answered >= 4000);
}

TEST_CASE(
    "a trained pipeline is replaced under requests: every list is the one that its version gives") {
    const user_items train = make_synthetic_catalogue({.users = 120, .items = 90}).log.matrix;
    popularity popular;
    popular.fit(train);
    const auto trained = [&](std::uint64_t seed) {
        implicit_als<> als{{.factors = 8, .iterations = 2, .seed = seed}};
        als.fit(train);
        auto stages = candidates(from(als, 40), from(popular, 20)) |
                      rank(blend{weighted_sum<>{0.8F, 0.2F}, als, popular}) |
                      rerank(mmr{embedding_similarity{als}}, 20);
        stages.exclude(train);
        return stages;
    };
    const std::array engines{trained(1), trained(2)};
    using lists = std::vector<ranking<item_index>>;
    std::array<lists, 2> expected;
    for (std::size_t version = 0; version < 2; ++version)
        for (std::uint32_t user = 0; user < 120; ++user)
            expected[version].push_back(engines[version].recommend(user_index{user}, 10));
    REQUIRE(expected[0] != expected[1]);

    service served{engines[1], {.cache_size = 100}};
    std::atomic<int> wrong{0}, answered{0};
    std::atomic<bool> over{false};
    {
        std::vector<std::jthread> threads;
        for (std::uint32_t thread = 0; thread < 4; ++thread)
            threads.emplace_back([&, thread] {
                answer result;
                for (std::uint32_t step = 0; !over; ++step, ++answered) {
                    const user_index user{(thread * 31 + step * 7) % 120};
                    served.recommend(user, 10, result);
                    wrong += result.degraded ||
                             !std::ranges::equal(result.items,
                                                 expected[result.version % 2][user.value()]);
                }
            });
        for (std::size_t version = 2; version <= 101; ++version) {
            const int seen = answered;
            served.swap(engines[version % 2]);
            while (answered < seen + 20)
                std::this_thread::yield();
        }
        over = true;
    }
    CHECK(wrong == 0);
    CHECK(served.recommend(user_index{0}, 1).version == 101);
}
