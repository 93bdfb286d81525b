// SPDX-License-Identifier: MIT
/// @file
/// A small application of hybrec, built against an installed copy and as a subdirectory.
#include <hybrec/hybrec.hpp>

#include <xsimd/xsimd.hpp> // comes with hybrec::hybrec

#include <cmath>
#include <cstdio>
#include <iostream>

namespace hr = hybrec;

int main() {
    const auto shop = hr::make_synthetic_catalogue({.users = 200, .items = 80});
    const auto scheme = hr::bm25{.k1 = 1.2, .b = 0.5} | hr::row_normalization{};
    hr::thread_pool pool{2};
    const auto weights = scheme(shop.log.matrix, hr::execution{.pool = &pool});

    double squares = 0;
    for (const auto [item, weight] : weights.row(hr::user_index(2)))
        squares += static_cast<double>(weight) * static_cast<double>(weight);
    hr::implicit_als model{{.factors = 8, .iterations = 3}};
    model.fit(weights, {.pool = &pool});
    hr::save("consumer.safetensors", model, shop.log.users, shop.log.items);
    const auto [loaded, users, items] = hr::load<hr::implicit_als<>>("consumer.safetensors");
    std::remove("consumer.safetensors");

    const auto top = loaded.recommend(users.at(shop.log.users[hr::user_index(2)]), 3,
                                      hr::unseen_by_user(shop.log.matrix));
    if (std::abs(squares - 1) > 1e-5 || top.size() != 3 || !(loaded == model)) {
        std::cerr << "unexpected result\n";
        return 1;
    }
    std::cout << "consumer: recommends " << shop.title(top.front().index) << '\n';
    return 0;
}
