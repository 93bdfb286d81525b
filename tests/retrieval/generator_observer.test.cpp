// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/generator_observer.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace hybrec;

namespace {

struct recorder {
    std::string text{};
    void stage_begin(std::size_t) noexcept { text += "begin "; }
    void stage_end(std::size_t) noexcept { text += "end "; }
    void generator_failed(std::size_t g, generator_failure, std::string_view what) noexcept {
        text += std::to_string(g);
        text += what;
    }
    void deadline_passed(std::size_t) noexcept { text += "passed "; }
    [[nodiscard]] hybrec::deadline<> deadline() const noexcept { return hybrec::deadline<>::in({}); }
};

static_assert(engine_observer<generator_observer<recorder>>);
static_assert(engine_observer<generator_observer<no_observer>>);
static_assert(engine_observer<generator_observer<generator_observer<recorder>>>);

} // namespace

TEST_CASE("failures of a part are those of the generator it stands for") {
    recorder outer;
    generator_observer inner{outer, 4};
    {
        const observed_stage stage{inner, 0};
        inner.deadline_passed(0);
    }
    CHECK(outer.text.empty());
    CHECK_FALSE(inner.failed());
    inner.generator_failed(0, generator_failure::threw, " fell");
    CHECK(outer.text == "4 fell");
    CHECK(inner.failed());
    CHECK(inner.deadline().passed());
}
