// SPDX-License-Identifier: MIT
#include <hybrec/core/threads.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <fstream>
#include <limits>
#include <numeric>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#if defined(__linux__)
#include <sys/resource.h>
#endif

namespace hr = hybrec;

namespace {

/// Every index once, in chunks of the size that was asked for: 0 counts as 1, a huge one as all.
template <class Loop>
void check_chunks(std::size_t threads, const Loop& loop) {
    for (const std::size_t count : std::vector<std::size_t>{0, 1, 6, 7, 8, 50, 1000}) {
        std::vector<int> seen(count);
        std::atomic<int> wrong{0};
        loop(count, std::size_t{7}, [&](std::size_t begin, std::size_t end, std::size_t worker) {
            if (begin % 7 != 0 || end != std::min(count, begin + 7) || worker >= threads)
                ++wrong;
            for (std::size_t at = begin; at < end; ++at)
                ++seen[at];
        });
        CHECK(wrong == 0);
        CHECK(std::ranges::count(seen, 1) == static_cast<std::ptrdiff_t>(count));
    }
    std::atomic<int> calls{0};
    const auto count_call = [&](std::size_t, std::size_t, std::size_t) { ++calls; };
    loop(std::size_t{5}, std::size_t{0}, count_call);
    CHECK(calls == 5);
    loop(std::size_t{5}, std::numeric_limits<std::size_t>::max(), count_call);
    CHECK(calls == 6);
}

} // namespace

TEST_CASE("thread_pool") {
    for (std::size_t threads = 1; threads <= 3; ++threads) {
        CAPTURE(threads);
        hr::thread_pool pool{threads};
        CHECK(pool.size() == threads);

        check_chunks(threads, [&](auto&&... arguments) { pool.for_chunks(arguments...); });

        // The exception of the lowest failing chunk, and the pool works on.
        for (int repeat = 0; repeat < 20; ++repeat) {
            std::string message;
            try {
                pool.for_chunks(100, 1, [](std::size_t begin, std::size_t, std::size_t) {
                    if (begin >= 10 && begin % 5 == 0)
                        throw std::runtime_error{std::to_string(begin)};
                });
            } catch (const std::runtime_error& error) {
                message = error.what();
            }
            CHECK(message == "10");
        }
        std::atomic<int> calls{0};
        pool.for_chunks(4, 1, [&](std::size_t, std::size_t, std::size_t) { ++calls; });
        CHECK(calls == 4);

        // What worker numbers name is used by one chunk at a time.
        std::vector<int> scratch(threads);
        pool.for_chunks(300, 1, [&](std::size_t, std::size_t, std::size_t worker) {
            ++scratch[worker]; // a race, were the number given out twice
        });
        CHECK(std::accumulate(scratch.begin(), scratch.end(), 0) == 300);
    }
    CHECK(hr::thread_pool{}.size() >= 1);
}

// Sanitizers need all addresses that there are; clang 14 does not say when they are on.
#if defined(__linux__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__) &&                 \
    !defined(__SANITIZE_THREAD__)
TEST_CASE("thread_pool: fewer threads to be had than asked for") {
    // Each takes megabytes of addresses for its stack; so a limit on these is one on threads.
    rlimit before{};
    REQUIRE(getrlimit(RLIMIT_AS, &before) == 0);
    rlimit narrow = before;
    std::size_t pages = 0;
    std::ifstream{"/proc/self/statm"} >> pages;
    REQUIRE(pages > 0);
    narrow.rlim_cur = pages * 4096 + (std::size_t{100} << 20);
    REQUIRE(setrlimit(RLIMIT_AS, &narrow) == 0);
    bool refused = false;
    try {
        const hr::thread_pool pool{500};
    } catch (const std::system_error&) {
        refused = true;
    }
    REQUIRE(setrlimit(RLIMIT_AS, &before) == 0);
    CHECK(refused);
    CHECK(hr::thread_pool{2}.size() == 2);
}
#endif

TEST_CASE("thread_pool: loops inside loops") {
    for (std::size_t threads = 1; threads <= 3; ++threads) {
        hr::thread_pool pool{threads};
        std::vector<int> seen(20 * 30);
        pool.for_chunks(20, 1, [&](std::size_t outer, std::size_t, std::size_t) {
            pool.for_chunks(30, 4, [&](std::size_t begin, std::size_t end, std::size_t worker) {
                for (std::size_t inner = begin; inner < end; ++inner)
                    seen[outer * 30 + inner] += worker == 0 ? 1 : 100; // on its caller alone
            });
        });
        CHECK(std::ranges::count(seen, 1) == 600);

        // An exception of an inner loop passes through the outer one.
        CHECK_THROWS_AS(pool.for_chunks(4, 1,
                                        [&](std::size_t, std::size_t, std::size_t) {
                                            pool.for_chunks(
                                                4, 1, [](std::size_t, std::size_t, std::size_t) {
                                                    throw std::logic_error{"inner"};
                                                });
                                        }),
                        std::logic_error);
    }
}

TEST_CASE("thread_pool: loops with affinity") {
    for (std::size_t threads = 1; threads <= 20; threads += threads < 3 ? 1 : 17) {
        CAPTURE(threads);
        hr::thread_pool pool{threads};
        check_chunks(threads,
                     [&](auto&&... arguments) { pool.for_chunks_with_affinity(arguments...); });

        CHECK_THROWS_AS(
            pool.for_chunks_with_affinity(100, 1,
                                          [](std::size_t begin, std::size_t, std::size_t) {
                                              if (begin % 5 == 0)
                                                  throw std::logic_error{"chunk"};
                                          }),
            std::logic_error);
        std::stop_source source;
        CHECK_THROWS_AS(pool.for_chunks_with_affinity(
                            1000, 1,
                            [&](std::size_t, std::size_t, std::size_t) { source.request_stop(); },
                            source.get_token()),
                        hr::cancelled);
    }

    hr::thread_pool pool{2};
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    const auto wait_for = [&](const std::atomic<int>& number, int least) {
        while (number < least && std::chrono::steady_clock::now() < give_up)
            std::this_thread::yield();
    };
    for (int repeat = 0; repeat < 50; ++repeat) {
        // While each is in its first chunk, nobody can take one of the other's.
        std::vector<std::size_t> first(2, 99);
        std::atomic<int> begun{0};
        pool.for_chunks_with_affinity(7, 1,
                                      [&](std::size_t begin, std::size_t, std::size_t worker) {
                                          if (first[worker] != 99)
                                              return;
                                          first[worker] = begin;
                                          ++begun;
                                          wait_for(begun, 2);
                                      });
        REQUIRE(first == std::vector<std::size_t>{0, 3});

        // Who is done takes what others have not begun.
        std::vector<std::size_t> taken_by(7, 99);
        std::atomic<int> caller_began{0}, others{0};
        pool.for_chunks_with_affinity(7, 1,
                                      [&](std::size_t begin, std::size_t, std::size_t worker) {
                                          taken_by[begin] = worker;
                                          if (worker == 0) {
                                              caller_began = 1;
                                              wait_for(others, 6);
                                          } else {
                                              wait_for(caller_began, 1);
                                              ++others;
                                          }
                                      });
        REQUIRE(taken_by == std::vector<std::size_t>{0, 1, 1, 1, 1, 1, 1});
    }
}

TEST_CASE("thread_pool: several callers at once") {
    hr::thread_pool pool{3};
    std::vector<std::size_t> sums(4);
    std::vector<std::thread> callers;
    for (std::size_t caller = 0; caller < sums.size(); ++caller)
        callers.emplace_back([&, caller] {
            for (int repeat = 0; repeat < 50; ++repeat) {
                std::atomic<std::size_t> sum{0};
                pool.for_chunks(100, 3, [&](std::size_t begin, std::size_t end, std::size_t) {
                    for (std::size_t at = begin; at < end; ++at)
                        sum += at;
                });
                sums[caller] += sum;
            }
        });
    for (std::thread& caller : callers)
        caller.join();
    CHECK(sums == std::vector<std::size_t>(4, 50 * 4950));
}

TEST_CASE(
    "thread_pool: loops that end before a helper wakes up, and pauses in which all fall asleep") {
    for (const std::size_t threads : {2u, 3u, 8u}) {
        hr::thread_pool pool{threads};
        std::size_t expected = 0;
        std::atomic<std::size_t> sum{0};
        for (std::size_t loop = 0; loop < 3000; ++loop) {
            pool.for_chunks(2 + loop % 3, 1,
                            [&](std::size_t begin, std::size_t, std::size_t) { sum += begin + 1; });
            for (std::size_t at = 0; at < 2 + loop % 3; ++at)
                expected += at + 1;
            REQUIRE(sum == expected); // whoever did it, all is done
            if (loop % 300 == 0)
                std::this_thread::sleep_for(std::chrono::milliseconds{1});
        }
    }
    for (int pool = 0; pool < 50; ++pool) // closed while helpers look for work, or never asked
        hr::thread_pool{4}.for_chunks(pool % 2 ? 1 : 8, 1,
                                      [](std::size_t, std::size_t, std::size_t) {});
}

TEST_CASE("thread_pool: cancellation") {
    for (std::size_t threads = 1; threads <= 3; ++threads) {
        hr::thread_pool pool{threads};
        std::stop_source source;
        std::atomic<std::size_t> ran{0};
        CHECK_THROWS_AS(pool.for_chunks(
                            1000, 1,
                            [&](std::size_t begin, std::size_t, std::size_t) {
                                ++ran;
                                if (begin == 5)
                                    source.request_stop();
                            },
                            source.get_token()),
                        hr::cancelled);
        CHECK(ran >= 6);
        CHECK(ran < 1000);

        // Stopped before it starts, nothing runs.
        ran = 0;
        CHECK_THROWS_AS(
            pool.for_chunks(
                10, 1, [&](std::size_t, std::size_t, std::size_t) { ++ran; }, source.get_token()),
            hr::cancelled);
        CHECK(ran == 0);

        // A stop within the last chunk is too late.
        std::stop_source late;
        CHECK_NOTHROW(pool.for_chunks(
            1, 1, [&](std::size_t, std::size_t, std::size_t) { late.request_stop(); },
            late.get_token()));
    }
}

TEST_CASE("parallel_reduce") {
    // Terms of very different size: another order of additions would give other bits.
    std::vector<double> terms(10'000);
    for (std::size_t at = 0; at < terms.size(); ++at)
        terms[at] = (at % 2 == 0 ? 1e12 : 1) / static_cast<double>(at + 1);
    const auto sum_with = [&](std::size_t threads, std::size_t chunk) {
        hr::thread_pool pool{threads};
        return hr::parallel_reduce(
            pool, terms.size(), chunk, 0.0,
            [&](std::size_t begin, std::size_t end) {
                return std::accumulate(terms.begin() + static_cast<std::ptrdiff_t>(begin),
                                       terms.begin() + static_cast<std::ptrdiff_t>(end), 0.0);
            },
            [](double& total, double part) { total += part; });
    };
    const double all = std::accumulate(terms.begin(), terms.end(), 0.0);
    for (const std::size_t chunk : {std::size_t{1}, std::size_t{64}, std::size_t{999}}) {
        const double one = sum_with(1, chunk);
        CHECK(one == doctest::Approx(all));
        CHECK(sum_with(2, chunk) == one);
        CHECK(sum_with(3, chunk) == one);
    }
    CHECK(sum_with(2, std::numeric_limits<std::size_t>::max()) == all); // one chunk
    CHECK(sum_with(2, 0) == sum_with(1, 1));

    // Parts are combined in the order of the chunks, with the start value once.
    hr::thread_pool pool{3};
    const std::string text = hr::parallel_reduce(
        pool, 26, 4, std::string{">"},
        [](std::size_t begin, std::size_t end) {
            std::string part;
            for (std::size_t at = begin; at < end; ++at)
                part += static_cast<char>('a' + static_cast<int>(at));
            return part;
        },
        [](std::string& total, const std::string& part) { total += part; });
    CHECK(text == ">abcdefghijklmnopqrstuvwxyz");

    std::stop_source stopped;
    stopped.request_stop();
    CHECK_THROWS_AS((void)hr::parallel_reduce(
                        pool, 26, 4, 0, [](std::size_t, std::size_t) { return 1; },
                        [](int& total, int part) { total += part; }, stopped.get_token()),
                    hr::cancelled);
}

TEST_CASE("execution") {
    hr::thread_pool pool{2};
    CHECK(&hr::execution{}.threads() == &hr::default_pool());
    CHECK(&hr::execution{.pool = &pool}.threads() == &pool);
    CHECK(hr::default_pool().size() >= 1);
    CHECK(!hr::execution{}.stop.stop_possible());
}
