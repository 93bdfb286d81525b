// SPDX-License-Identifier: MIT
#include <hybrec/concepts/weighting.hpp>

#include <doctest/doctest.h>

#include <hybrec/sparse/csr.hpp>

#include <string>
#include <utility>
#include <vector>

namespace hr = hybrec;

namespace {

struct event {
    float weight = 1;
    int kind = 0;
};
struct event_list {
    std::vector<std::string> names;
};

struct halved {
    float weigh(const event& one) const { return one.weight / 2; }
};
struct in_double {
    double weigh(const event& one) const { return 0.1 * static_cast<double>(one.weight); }
};
struct in_words {
    std::string weigh(const event&) const { return "much"; }
};
struct counts_calls {
    int calls = 0;
    float weigh(const event& one) {
        ++calls;
        return one.weight;
    }
};
struct by_name {
    halved bind(const event_list&) const { return {}; }
};
struct binds_to_words {
    in_words bind(const event_list&) const { return {}; }
};

struct doubled {
    template <class Row, class Column, class Value>
    hr::csr_matrix<Row, Column, Value> operator()(hr::csr_matrix<Row, Column, Value> matrix) const {
        for (Value& value : matrix.values())
            value *= 2;
        return matrix;
    }
};
struct transposing {
    hr::item_users operator()(const hr::user_items&) const { return {}; }
};
struct in_place {
    void operator()(hr::user_items&) const {}
};

} // namespace

static_assert(hr::event_weighting_of<halved, event>);
static_assert(hr::event_weighting_of<in_double, event>);
static_assert(!hr::event_weighting_of<in_words, event>);
static_assert(!hr::event_weighting_of<counts_calls, event>);
static_assert(!hr::event_weighting_of<halved, event_list>);
static_assert(!hr::event_weighting_of<by_name, event>);
static_assert(!hr::event_weighting_of<doubled, event>);

static_assert(hr::bindable_weighting_of<by_name, event_list, event>);
static_assert(!hr::bindable_weighting_of<by_name, event, event>);
static_assert(!hr::bindable_weighting_of<halved, event_list, event>);
static_assert(!hr::bindable_weighting_of<binds_to_words, event_list, event>);

static_assert(hr::matrix_weighting_of<doubled, hr::user_items>);
static_assert(hr::matrix_weighting_of<doubled, hr::item_users>);
static_assert(!hr::matrix_weighting_of<doubled, int>);
static_assert(!hr::matrix_weighting_of<transposing, hr::user_items>);
static_assert(!hr::matrix_weighting_of<in_place, hr::user_items>);
static_assert(!hr::matrix_weighting_of<halved, hr::user_items>);

TEST_CASE("weighting schemes are called through the concepts' names") {
    CHECK(halved{}.weigh({.weight = 3}) == 1.5F);
    CHECK(by_name{}.bind({}).weigh({.weight = 3}) == 1.5F);
    const hr::user_items matrix({0, 1}, {hr::item_index(0)}, {2}, 1);
    CHECK(doubled{}(matrix).values()[0] == 4);
}
