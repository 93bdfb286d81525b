// SPDX-License-Identifier: MIT
#include <hybrec/weighting/compose.hpp>

#include <doctest/doctest.h>

#include <hybrec/weighting.hpp>

#include "support.hpp"

#include <concepts>

namespace hr = hybrec;
using namespace weighting_tests;

namespace own {

/// A scheme of an application: it need not know about executions.
struct doubled {
    template <class Row, class Column, class Value>
    hr::csr_matrix<Row, Column, Value> operator()(hr::csr_matrix<Row, Column, Value> matrix) const {
        for (Value& value : matrix.values())
            value *= 2;
        return matrix;
    }
};

/// Adds 1 to every weight.
struct plus_one {
    float weigh(const hr::interaction& event) const { return event.weight + 1; }
};

} // namespace own

template <class Left, class Right>
concept composable = requires(Left left, Right right) {
    left | right;
};

static_assert(composable<hr::bm25, hr::log_confidence>);
static_assert(composable<hr::time_decay, hr::event_weights>);
static_assert(composable<hr::time_decay, hr::bm25>);
static_assert(composable<own::plus_one, hr::bm25>);
static_assert(composable<hr::bm25, own::doubled>);
static_assert(!composable<hr::bm25, hr::time_decay>); // the events are gone
static_assert(!composable<hr::bm25, hr::event_weights>);
static_assert(!composable<hr::bm25, own::plus_one>);
static_assert(!composable<hr::bm25, int>);
static_assert(!composable<int, hr::bm25>);

using of_events = decltype(hr::time_decay{} | own::plus_one{});
using of_named_events = decltype(hr::time_decay{} | hr::event_weights{});
using of_matrices = decltype(hr::bm25{} | hr::linear_confidence{});
using of_logs = decltype(hr::time_decay{} | hr::bm25{});
static_assert(hr::event_weighting_of<of_events, hr::interaction>);
static_assert(!hr::event_weighting_of<of_named_events, hr::interaction>);
static_assert(hr::bindable_weighting_of<of_named_events, hr::interaction_log, hr::interaction>);
static_assert(hr::matrix_weighting_of<of_matrices, hr::user_items>);
static_assert(hr::matrix_weighting_of<of_matrices, doubles>);
static_assert(!hr::matrix_weighting_of<of_events, hr::user_items>);
static_assert(!hr::matrix_weighting_of<of_logs, hr::user_items>);
static_assert(!std::invocable<of_matrices, hr::interaction_log>);
static_assert(composable<of_logs, hr::bm25>);
static_assert(composable<hr::time_decay, of_logs>);
static_assert(!composable<hr::bm25, of_logs>);
static_assert(!composable<of_logs, hr::time_decay>);
static_assert(!composable<of_logs, of_logs>);

TEST_CASE("weightings compose") {
    const auto log = small_log();
    SUBCASE("matrix schemes, from left to right") {
        const auto scheme = own::doubled{} | hr::linear_confidence{.alpha = 3};
        CHECK(scheme(log.matrix) == dense<hr::user_items>({{19, 7}, {0, 25}}));
        const auto reverse = hr::linear_confidence{.alpha = 3} | own::doubled{};
        CHECK(reverse(log.matrix) == dense<hr::user_items>({{20, 8}, {0, 26}}));
        CHECK(scheme(log.matrix.view()) == scheme(log.matrix));
    }
    SUBCASE("matrix compositions nest on either side") {
        const hr::row_normalization unit{.norm = hr::row_norm::max};
        const hr::linear_confidence confidence{.alpha = 2};
        const auto expected = confidence(unit(own::doubled{}(log.matrix)));
        CHECK(((own::doubled{} | unit) | confidence)(log.matrix) == expected);
        CHECK((own::doubled{} | (unit | confidence))(log.matrix) == expected);
        CHECK(expected == dense<hr::user_items>({{3, 1 + 2.0F / 3}, {0, 3}}));
    }
    SUBCASE("event schemes, from left to right") {
        const hr::time_decay decay{.half_life = 100, .now = 1000};
        const hr::interaction event{.weight = 3, .time = 900};
        CHECK((decay | own::plus_one{}).weigh(event) == 2.5F);
        CHECK((own::plus_one{} | decay).weigh(event) == 2);
        const auto named = decay | own::plus_one{} | hr::event_weights{{"view", 1}, {"cart", 10}};
        // ann–pen: view 2 → 3, cart 1 at 800 → 0.25 + 1 → 12.5; ann–ink: (0.5 + 1) · 10.
        CHECK(named(log) == dense<hr::user_items>({{15.5, 15}, {0, 5}}));
        CHECK(named.bind(log).weigh(log.events[2]) == 12.5F);
    }
    SUBCASE("from a log to a matrix, however it is grouped") {
        const hr::event_weights kinds{{"view", 1}, {"cart", 3}};
        const hr::time_decay decay{.half_life = 100, .now = 1000};
        const hr::linear_confidence confidence{.alpha = 1};
        // ann–pen 2 + 3/4, ann–ink 3/2, bob–ink 4; then doubled, plus 1.
        const auto expected = dense<hr::user_items>({{6.5, 4}, {0, 9}});
        CHECK((kinds | decay | own::doubled{} | confidence)(log) == expected);
        CHECK((kinds | (decay | (own::doubled{} | confidence)))(log) == expected);
        CHECK(((kinds | decay) | (own::doubled{} | confidence))(log) == expected);
        CHECK((kinds | (decay | own::doubled{}) | confidence)(log) == expected);
    }
    SUBCASE("errors and threads pass through") {
        const auto scheme = hr::event_weights{{"view", 1}} | hr::bm25{};
        CHECK(mentions(message_of<hr::data_error>([&] { return scheme(log); }), "\"cart\""));
        CHECK(same_bits_for_any_threads(hr::bm25{} | hr::row_normalization{}, random_matrix()));
        CHECK(same_bits_for_any_threads(own::plus_one{} | hr::tf_idf{}, log));
    }
    SUBCASE("an empty log") {
        CHECK((own::plus_one{} | hr::bm25{})(hr::interaction_log{}) == hr::user_items());
    }
}
