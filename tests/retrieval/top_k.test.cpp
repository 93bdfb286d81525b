// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/top_k.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

using namespace hybrec;

TEST_CASE("top_k keeps what sorting everything would put first, in any order of offers") {
    for (const std::size_t count : {0u, 1u, 5u, 50u})
        for (const std::size_t k : {0u, 1u, 3u, 50u, 60u}) {
            CAPTURE(count);
            CAPTURE(k);
            std::vector<scored_item> all;
            for (std::size_t at = 0; at < count; ++at) // few distinct scores: many ties
                all.push_back({item_index(at), static_cast<float>(counter_random{1}.below(5, at))});
            for (std::uint64_t order = 0; order < 3; ++order) {
                auto offers = all;
                counter_random{order + 2}.shuffle(offers.begin(), offers.size());
                std::vector<scored_item> buffer(k);
                top_k<item_index, float> best{buffer};
                for (const auto& offer : offers) {
                    CHECK((offer.score < best.threshold()) <= !best.would_enter(offer));
                    if (best.would_enter(offer))
                        best.enter(offer);
                }
                buffer.resize(best.finish());
                auto expected = all;
                std::sort(expected.begin(), expected.end(), ranks_before<item_index, float>);
                expected.resize(std::min(k, count));
                CHECK(buffer == expected);
            }
        }
}

TEST_CASE("top_k never keeps NaN, but keeps infinities in order") {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    std::vector<scored_item> buffer(3);
    top_k<item_index, float> best{buffer};
    CHECK_FALSE(best.would_enter({item_index{0}, std::numeric_limits<float>::quiet_NaN()}));
    best.enter({item_index{1}, -infinity});
    best.enter({item_index{2}, infinity});
    CHECK(best.finish() == 2);
    CHECK(buffer[0].index == item_index{2});
    CHECK(buffer[1].index == item_index{1});
}
