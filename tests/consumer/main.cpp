// SPDX-License-Identifier: MIT
/// @file
/// A small application of hybrec, built against an installed copy and as a subdirectory.
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/transpose.hpp>
#include <hybrec/weighting.hpp>

#include <xsimd/xsimd.hpp> // comes with hybrec::hybrec

#include <cmath>
#include <iostream>
#include <vector>

namespace hr = hybrec;

int main() {
    const std::vector<hr::triplet<hr::user_index, hr::item_index, float>> purchases = {
        {hr::user_index(0), hr::item_index(0), 3},
        {hr::user_index(0), hr::item_index(1), 1},
        {hr::user_index(1), hr::item_index(1), 2},
        {hr::user_index(2), hr::item_index(2), 5}};
    const auto matrix = hr::build_csr<hr::user_index, hr::item_index, float>(purchases);

    hr::thread_pool pool{2};
    const auto scheme = hr::bm25{.k1 = 1.2, .b = 0.5} | hr::row_normalization{};
    const auto weights = scheme(matrix, hr::execution{.pool = &pool});
    const auto by_item = hr::transpose(weights);

    double squares = 0;
    for (const auto [user, weight] : by_item.row(hr::item_index(2)))
        squares += static_cast<double>(weight) * static_cast<double>(weight);
    if (by_item.row_count() != 3 || weights.entry_count() != 4 || std::abs(squares - 1) > 1e-6) {
        std::cerr << "unexpected weights\n";
        return 1;
    }
    std::cout << "consumer: " << weights.entry_count() << " weights\n";
    return 0;
}
