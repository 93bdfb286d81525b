// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/candidates.hpp>

#include "table_model.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace hybrec;
using test::table_model;

namespace {
template <class Model>
concept can_generate = requires(Model model) {
    from(model, 3);
};
static_assert(can_generate<table_model<>> && can_generate<std::reference_wrapper<table_model<>>>);
static_assert(!can_generate<int>);
} // namespace

TEST_CASE("from holds a model or shares it") {
    table_model<> model{{{1}}, 1};
    const auto held = from(model, 7);
    const auto shared = from(std::ref(model), 0);
    CHECK(held.budget == 7);
    CHECK(&model_of(held.model) != &model);
    CHECK(&model_of(shared.model) == &model);
}
