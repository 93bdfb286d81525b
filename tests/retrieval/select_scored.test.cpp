// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/select_scored.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

using namespace hybrec;

TEST_CASE("select_scored takes what sorting everything would put first") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float infinity = std::numeric_limits<float>::infinity();
    for (std::size_t count = 0; count <= 70; ++count)
        for (const std::size_t n : {0U, 1U, 4U, 40U, 100U}) {
            CAPTURE(count);
            CAPTURE(n);
            aligned_vector<float> scores(padded_size<float>(count) + 16,
                                         9.0F); // beyond: never seen
            const excluding denied{item_index{2}, item_index{33}, item_index{500}};
            const auto odd_out = where{[](item_index item) { return item.value() % 7 != 6; }};
            ranking<item_index> expected;
            for (std::size_t at = 0; at < count; ++at) {
                // Few distinct values: many ties, zeros and negative scores.
                scores[at] = static_cast<float>(counter_random{count}.below(5, at)) - 2;
                if (at % 11 == 5)
                    scores[at] = nan;
                if (at % 13 == 7)
                    scores[at] = at % 2 == 0 ? infinity : -infinity;
                if (scores[at] != 0 && scores[at] == scores[at] && denied.admits(item_index(at)) &&
                    odd_out.admits(item_index(at)))
                    expected.push_back({item_index(at), scores[at]});
            }
            std::sort(expected.begin(), expected.end(), ranks_before<item_index, float>);
            expected.resize(std::min(n, expected.size()));
            const auto filter = denied & odd_out;
            ranking<item_index> found(n);
            found.resize(select_scored(std::span{scores}.first(count), std::span{found},
                                       index_admission<decltype(filter), item_index>{filter}));
            CHECK(found == expected);
        }
}
