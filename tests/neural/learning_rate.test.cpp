// SPDX-License-Identifier: MIT
#include <hybrec/neural/learning_rate.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace hybrec;

static_assert(neural::schedule<neural::constant_rate> && neural::schedule<neural::step_decay> &&
              neural::schedule<neural::cosine_decay>);
static_assert(neural::schedule<neural::ramp_up_then_decay>);

TEST_CASE("neural schedules by hand") {
    const auto at = [](const neural::learning_rate& schedule, std::size_t epoch) {
        return doctest::Approx(schedule.at(epoch));
    };
    CHECK(0.01 == at(0.01, 7));
    const neural::step_decay step{.rate = 8, .factor = 0.5, .every = 3};
    CHECK(8 == at(step, 2));
    CHECK(4 == at(step, 3));
    CHECK(2 == at(step, 8));
    const neural::cosine_decay cosine{.rate = 3, .minimum = 1, .epochs = 4};
    CHECK(3 == at(cosine, 0));
    CHECK(2 == at(cosine, 2));
    CHECK(1 == at(cosine, 4));
    CHECK(1 == at(cosine, 9));
    const neural::ramp_up_then_decay ramp{
        .start = 1, .peak = 5, .minimum = 1, .decay = 0.5, .ramp_up = 4, .hold = 2};
    CHECK(1 == at(ramp, 0));
    CHECK(4 == at(ramp, 3));
    CHECK(5 == at(ramp, 4));
    CHECK(5 == at(ramp, 6));
    CHECK(3 == at(ramp, 7));
    CHECK(2 == at(ramp, 8));
}

namespace {

struct halving {
    double at(std::size_t epoch) const { return 1.0 / static_cast<double>(epoch + 1); }
};

} // namespace

TEST_CASE("neural::learning_rate takes any small schedule") {
    static_assert(!neural::schedule<int> && !neural::schedule<std::string>);
    const neural::learning_rate own = halving{};
    const neural::learning_rate copy = own;
    CHECK(copy.at(3) == 0.25);
    CHECK(neural::learning_rate{}.at(5) == 1e-3);
    CHECK(neural::step_decay{.rate = 2, .every = 0}.at(99) == 2);
    CHECK(neural::cosine_decay{.minimum = 0.5, .epochs = 0}.at(0) == 0.5);
}
