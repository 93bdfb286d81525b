// SPDX-License-Identifier: MIT
#include <hybrec/neural/content_encoder.hpp>

#include "feature_fixture.hpp"

#include <hybrec/neural/field_encoder.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

TEST_CASE("neural::content_encoder has the gradients of central differences") {
    using encoder_type = neural::field_encoder<double, neural::content_encoder<double>>;
    const small_world world;
    encoder_type encoder{world.users, world.items, 3, counter_random{1}, 5, 1, std::size_t{6}};
    CHECK(encoder.outputs() == 12);
    neural::feature_batch<double> batch;
    const auto positions = all_of(world.samples);
    batch.read(world.samples, positions, 1, {});
    encoder_type::workspace memory;
    matrix<double> out;
    encoder.apply(batch, out, memory, {});
    const auto factors = random_matrix<double>(out.rows(), out.columns(), 3);
    for (int time = 0; time < 2; ++time) // gradients are written, not added
        encoder.backward(batch, factors, memory, {});
    encoder.visit([&](auto& each) {
        const matrix<double> claimed = spread(each);
        check_derivatives(each.value, claimed, [&] {
            encoder_type::workspace other;
            matrix<double> result;
            encoder.apply(batch, result, other, {});
            return inner_product(result, factors);
        });
    });
}
