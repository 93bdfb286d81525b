// SPDX-License-Identifier: MIT
#include <hybrec/neural/detail/pair_layer.hpp>

#include "../neural_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;
using neural::detail::pair_layer;

TEST_CASE_TEMPLATE("neural::pair_layer is the layer of the pairs' sums, whatever was expected", T,
                   float, double) {
    struct shape {
        std::size_t columns, width;
        double spread; ///< of the columns' means: 0 if no sign is to be expected
    };
    for (const shape each : {shape{40, 208, 6}, shape{130, 64, 6}, shape{130, 64, 0},
                             shape{200, 100, 6}, shape{700, 20, 6}}) {
        const std::size_t columns = each.columns, width = each.width;
        CAPTURE(columns);
        CAPTURE(each.spread);
        const auto weights = random_matrix<T>(columns, width, 1),
                   bias = random_matrix<T>(1, width, 2);
        auto items = random_matrix<T>(300, columns, 3);
        const auto users = random_matrix<T>(5, columns, 4);
        for (std::size_t item = 0; item < items.rows(); ++item)
            for (std::size_t at = 0; at < columns; ++at) // signs from ever the same to any
                items(item, at) += static_cast<T>(at % 2 == 0 ? 1 : -1) * static_cast<T>(at) *
                                   static_cast<T>(each.spread) / static_cast<T>(columns);
        for (const double usual_user : {0.0, 1.0, 50.0, -50.0}) { // the last two: all is unexpected
            CAPTURE(usual_user);
            const std::vector<double> usual(columns, usual_user);
            const pair_layer<T> layer{weights, bias, items, usual.data()};
            REQUIRE_FALSE(layer.empty());
            matrix<T> of_items, of_user, out, one;
            layer.look_ahead_items(items, of_items);
            typename pair_layer<T>::workspace memory;
            std::vector<std::uint32_t> which;
            for (std::uint32_t at = 0; at < 37; ++at)
                which.push_back(at * 31 % 300);
            std::array<std::uint32_t, 64> order{};
            layer.expected().sort(std::span<const std::uint32_t>{which}, order);
            double worst = 0;
            for (std::size_t user = 0; user < users.rows(); ++user) {
                matrix<T> row(1, columns);
                std::copy_n(users.row(user), columns, row.row(0));
                layer.look_ahead_user(row, of_user);
                layer.apply(of_user, of_items, which, order.data(), out, memory);
                REQUIRE(out.rows() == which.size());
                for (std::size_t at = 0; at < which.size(); ++at) {
                    const std::uint32_t item = which[order[at]];
                    double length = 0;
                    for (std::size_t k = 0; k < columns; ++k)
                        length += std::pow(static_cast<double>(items(item, k)), 2);
                    for (std::size_t to = 0; to < width; ++to) {
                        double expected = static_cast<double>(bias(0, to));
                        for (std::size_t k = 0; k < columns; ++k)
                            expected += std::max(0.0, static_cast<double>(users(user, k)) +
                                                          static_cast<double>(items(item, k))) *
                                        static_cast<double>(weights(k, to));
                        worst =
                            std::max(worst, std::abs(static_cast<double>(out(at, to)) - expected) /
                                                std::sqrt(length * static_cast<double>(columns)));
                    }
                    const std::uint32_t zero = 0;
                    layer.apply(of_user, of_items, {&item, 1}, &zero, one, memory);
                    REQUIRE(std::equal(out.row(at), out.row(at) + width, one.row(0)));
                }
            }
            CHECK(worst < (sizeof(T) == 4 ? 3e-6 : 1e-14));
            layer.apply(of_user, of_items, {}, order.data(), out, memory);
            CHECK(out.rows() == 0);
        }
    }
    CHECK(pair_layer<T>{}.empty());
}
