// SPDX-License-Identifier: MIT
#include <hybrec/neural/detail/sign_levels.hpp>

#include "../neural_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;
using neural::detail::sign_levels;

TEST_CASE_TEMPLATE("neural::sign_levels misses no sum above zero, and points at few others", T,
                   float, double) {
    // Columns of very different lengths and means; the last ones are the same for all items.
    constexpr std::size_t items = 300, columns = 40, first = 3, told = columns - first;
    matrix<T> rows = random_matrix<T>(items, columns, 1), users = random_matrix<T>(200, columns, 2);
    const auto scale = [](std::size_t at) {
        return std::pow(10.0, static_cast<double>(at % 9) - 4);
    };
    const auto mean = [&](std::size_t at) {
        return at % 5 == 0 ? 1e4 * scale(at) : at % 5 == 1 ? -3 * scale(at) : 0;
    };
    for (std::size_t at = 0; at < columns; ++at) {
        for (std::size_t item = 0; item < items; ++item)
            rows(item, at) =
                at + 3 > columns
                    ? static_cast<T>(at % 2)
                    : static_cast<T>(static_cast<double>(rows(item, at)) * scale(at) + mean(at));
        for (std::size_t user = 0; user < users.rows(); ++user)
            users(user, at) =
                static_cast<T>(static_cast<double>(users(user, at)) * scale(at) * 2 - mean(at));
    }
    for (std::size_t item = 0; item < 100; ++item) // sums that are just zero, or just not
        for (std::size_t at = 0; at < columns; ++at) {
            const T opposite = -rows(item, at);
            users(item, at) = item % 3 == 0
                                  ? opposite
                                  : std::nextafter(opposite, item % 3 == 1 ? T{1e9} : T{-1e9});
        }
    const sign_levels<T> levels{rows, first, told};
    CHECK(levels.columns() == told);
    std::vector<std::uint8_t> of_item(told), of_user(told);
    std::vector<double> level(told);
    for (std::size_t at = 0; at < told; ++at) {
        double least = 1e30, most = -1e30;
        for (std::size_t item = 0; item < items; ++item) {
            least = std::min(least, static_cast<double>(rows(item, first + at)));
            most = std::max(most, static_cast<double>(rows(item, first + at)));
        }
        level[at] = std::max({(most - least) / 254, std::abs(most) * 0x1p-20, // as sums are rounded
                              static_cast<double>(std::numeric_limits<T>::min())});
    }
    std::size_t above = 0, below = 0;
    for (std::size_t user = 0; user < users.rows(); ++user) {
        levels.write_limits(users.row(user) + first, of_user.data());
        for (std::size_t item = 0; item < items; ++item) {
            levels.write_levels(rows.row(item) + first, of_item.data());
            for (std::size_t at = 0; at < told; ++at) {
                const T sum = rows(item, first + at) + users(user, first + at);
                const bool points = of_item[at] > of_user[at];
                if (sum > T{0}) {
                    ++above;
                    REQUIRE(points);
                } else if (static_cast<double>(sum) < -1.01 * level[at]) {
                    ++below;
                    REQUIRE_FALSE(points);
                }
            }
        }
    }
    CHECK(above > 800'000);
    CHECK(below > 800'000);

    users.fill_zero();
    users(0, first) = std::numeric_limits<T>::quiet_NaN();
    users(0, first + 1) = std::numeric_limits<T>::infinity();
    users(0, first + 2) = -std::numeric_limits<T>::infinity();
    levels.write_limits(users.row(0) + first, of_user.data());
    CHECK(of_user[0] == 0); // whatever is not known is looked at
    CHECK(of_user[1] == 0);
    CHECK(of_user[2] == 255);
}

TEST_CASE("neural::sign_levels points at columns whose range is beyond numbers") {
    matrix<float> items(3, 2);
    items(0, 0) = 3e38F, items(1, 0) = -3e38F, items(2, 0) = 1;
    const sign_levels<float> levels{items, 0, 2};
    std::array<std::uint8_t, 2> of_item{}, of_user{};
    for (const float user : {-3e38F, -1.0F, 0.0F, 3e38F}) {
        const std::array<float, 2> row{user, user};
        levels.write_limits(row.data(), of_user.data());
        for (std::size_t item = 0; item < 3; ++item) {
            levels.write_levels(items.row(item), of_item.data());
            CHECK(of_item[0] > of_user[0]);
            CHECK((of_item[1] > of_user[1]) == (user >= 0));
        }
    }
}

TEST_CASE("neural::sign_levels of no columns, or no items") {
    CHECK(sign_levels<float>{}.columns() == 0);
    CHECK(sign_levels<float>{matrix<float>(0, 4), 1, 3}.columns() == 3);
}
