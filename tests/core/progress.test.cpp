// SPDX-License-Identifier: MIT
#include <hybrec/core/progress.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>

namespace hr = hybrec;

namespace {

struct temporary_file {
    std::FILE* file = std::tmpfile();
    temporary_file() = default;
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { std::fclose(file); }

    [[nodiscard]] std::string text() const {
        std::rewind(file);
        std::string all;
        std::array<char, 256> part{};
        while (const std::size_t read = std::fread(part.data(), 1, part.size(), file))
            all.append(part.data(), read);
        return all;
    }
};

std::size_t lines(const std::string& text) {
    std::size_t count = 0;
    for (const char one : text)
        count += one == '\n' ? 1 : 0;
    return count;
}

} // namespace

TEST_CASE("progress_bar: text of a report") {
    const temporary_file out;
    REQUIRE(out.file != nullptr);
    const hr::progress_bar bar{out.file};
    SUBCASE("rate and time left") {
        CHECK(bar.describe({.phase = "fit", .step = 5, .steps = 15}, 2) ==
              "fit 5/15  2.5/s  4.0 s left");
        CHECK(bar.describe({.phase = "fit", .step = 1, .steps = 101}, 2) ==
              "fit 1/101  0.5/s  3 min 20 s left");
        CHECK(bar.describe({.phase = "fit", .step = 1, .steps = 3}, 4000) ==
              "fit 1/3  0.00025/s  2 h 13 min left");
    }
    SUBCASE("a measure") {
        CHECK(
            bar.describe({.phase = "fit", .step = 1, .steps = 2, .measure = "loss", .value = 0.125},
                         1) == "fit 1/2  1/s  1.0 s left  loss 0.125");
    }
    SUBCASE("the end says how long it took") {
        CHECK(bar.describe({.phase = "fit", .step = 4, .steps = 4}, 2) ==
              "fit 4/4  2/s  2.0 s in all");
    }
    SUBCASE("before the first step there is no rate") {
        CHECK(bar.describe({.phase = "fit", .step = 0, .steps = 4}, 1) == "fit 0/4");
        CHECK(bar.describe({.phase = "fit", .step = 2, .steps = 4}, 0) == "fit 2/4");
    }
    SUBCASE("unknown number of steps") {
        CHECK(bar.describe({.phase = "read", .step = 30}, 10) == "read 30  3/s  10.0 s in all");
    }
    SUBCASE("very long times") {
        const std::string text =
            bar.describe({.phase = "fit", .step = 1, .steps = std::size_t{1} << 60}, 3600);
        CHECK(text == "fit 1/1152921504606846976  0.000278/s  1152921504606846976 h 00 min left");
    }
}

TEST_CASE("progress_bar: plain lines where there is no terminal") {
    const temporary_file out;
    REQUIRE(out.file != nullptr);
    SUBCASE("the first and the last report of a phase always show") {
        hr::progress_bar bar{out.file, std::chrono::hours{1}};
        for (std::size_t step = 0; step <= 100; ++step)
            bar({.phase = "one", .step = step, .steps = 100});
        for (std::size_t step = 0; step <= 3; ++step)
            bar({.phase = "two", .step = step, .steps = 3});
        const std::string text = out.text();
        CHECK(lines(text) == 4);
        CHECK(text.starts_with("one 0/100\none 100/100"));
        CHECK(text.find("two 0/3\ntwo 3/3") != std::string::npos);
        CHECK(text.find('\r') == std::string::npos);
        CHECK(text.find('\033') == std::string::npos);
    }
    SUBCASE("without an interval every report shows") {
        hr::progress_bar bar{out.file, std::chrono::milliseconds{0}};
        for (std::size_t step = 0; step <= 5; ++step)
            bar({.phase = "one", .step = step, .steps = 5});
        CHECK(lines(out.text()) == 6);
    }
    SUBCASE("the rate of resumed work counts its own steps") {
        hr::progress_bar bar{out.file};
        bar({.phase = "resumed", .step = 10, .steps = 20});
        CHECK(bar.describe({.phase = "resumed", .step = 15, .steps = 20}, 5) ==
              "resumed 15/20  1/s  5.0 s left");
    }
}

TEST_CASE("no_progress") {
    const hr::progress_event event{.phase = "x", .step = 1, .steps = 2};
    static_assert(noexcept(hr::no_progress{}(event)));
    CHECK_NOTHROW(hr::no_progress{}(event));
}
