// SPDX-License-Identifier: MIT
#include <hybrec/concepts/progress.hpp>

#include <doctest/doctest.h>

#include <string>

namespace hr = hybrec;

namespace {

struct model {
    double quality = 0;
};

} // namespace

static_assert(hr::progress_observer<hr::no_progress>);
static_assert(hr::progress_observer<hr::progress_bar>);
static_assert(hr::progress_observer<void (*)(const hr::progress_event&)>);
static_assert(!hr::progress_observer<int>);
static_assert(!hr::progress_observer<void (*)(int)>);
static_assert(!hr::progress_observer<void (*)(hr::progress_event&)>); // events are not changed

static_assert(hr::validator_of<double (*)(const model&), model>);
static_assert(hr::validator_of<int (*)(const model&), model>);
static_assert(!hr::validator_of<void (*)(const model&), model>);
static_assert(!hr::validator_of<std::string (*)(const model&), model>);
static_assert(!hr::validator_of<double (*)(int), model>);
static_assert(!hr::validator_of<double, model>);

TEST_CASE("progress_observer and validator_of hold for lambdas") {
    std::size_t calls = 0;
    auto observer = [&calls](const hr::progress_event&) { ++calls; };
    static_assert(hr::progress_observer<decltype(observer)>);
    observer({.phase = "x", .step = 1});
    CHECK(calls == 1);

    auto validator = [](const auto& some) { return some.quality; };
    static_assert(hr::validator_of<decltype(validator), model>);
    CHECK(validator(model{0.5}) == 0.5);
}
