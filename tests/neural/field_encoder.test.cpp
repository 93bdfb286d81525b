// SPDX-License-Identifier: MIT
#include <hybrec/neural/field_encoder.hpp>

#include "feature_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::field_encoder;
using neural::matrix;

TEST_CASE("neural::field_encoder writes the vectors of ids and the means of categories") {
    const small_world world;
    for (const std::size_t size : {3u, 16u}) {
        field_encoder<double> encoder{world.users, world.items, size, counter_random{1}, 5, 1};
        CHECK(encoder.fields() == 5);
        CHECK(encoder.outputs() == 5 * size);
        neural::feature_batch<double> batch;
        const auto positions = all_of(world.samples);
        batch.read(world.samples, positions, 1, {});
        field_encoder<double>::workspace memory;
        matrix<double> out;
        encoder.apply(batch, out, memory, {});
        std::vector<matrix<double>> tables;
        encoder.visit([&](auto& each) { tables.push_back(each.value); });
        REQUIRE(tables.size() == 5);
        for (std::size_t row = 0; row < batch.size(); ++row)
            for (std::size_t at = 0; at < size; ++at) {
                CHECK(out(row, at) == tables[0](batch.users.ids[row], at));
                CHECK(out(row, 2 * size + at) == tables[2](batch.items.ids[row], at));
                const auto mean = [&](const auto& field, auto index, const matrix<double>& table) {
                    double total = 0;
                    for (const auto [category, weight] : field.row(index))
                        total += static_cast<double>(weight) * table(category.value(), at);
                    return total;
                };
                CHECK(out(row, size + at) ==
                      doctest::Approx(mean(world.users.fields()[0],
                                           user_index(batch.users.rows[row]), tables[1])));
                CHECK(out(row, 4 * size + at) ==
                      doctest::Approx(mean(world.items.fields()[1],
                                           item_index(batch.items.rows[row]), tables[4])));
            }
        // Of the loss Σ c·out.
        const auto factors = random_matrix<double>(out.rows(), out.columns(), 3);
        for (int time = 0; time < 2; ++time) // gradients are written, not added
            encoder.backward(batch, factors, memory, {});
        encoder.visit([&](auto& each) {
            const matrix<double> claimed = spread(each);
            check_derivatives(each.value, claimed, [&] {
                field_encoder<double>::workspace other;
                matrix<double> result;
                encoder.apply(batch, result, other, {});
                return inner_product(result, factors);
            });
        });
    }
}
