// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/personal_weights.hpp>

#include "../mentions.hpp"
#include "tables.hpp"

#include <hybrec/hybrid/hedge.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <exception>
#include <string>
#include <vector>

using namespace hybrec;

TEST_CASE("personal_weights shrink towards those of everybody") {
    personal_weights all{hedge{2, {.rate = 0.5}}, {.shrinkage = 2}};
    hedge everybody{2, {.rate = 0.5}}, own{2, {.rate = 0.5}};
    const std::vector<double> left{1, 0}, right{0, 1};
    const auto weights = [&](std::uint32_t key) {
        std::vector<float> out(2);
        all.weights(key, out);
        return out;
    };
    CHECK(weights(7) == std::vector<float>{0.5F, 0.5F});
    for (int round = 0; round < 5; ++round) {
        all.rewards(1, right);
        everybody.rewards(right);
    }
    for (int round = 0; round < 3; ++round) {
        all.rewards(7, left);
        everybody.rewards(left);
        own.rewards(left);
    }
    CHECK(all.everybody() == everybody);
    CHECK(all.key_count() == 2);
    const auto mine = weights(7);
    for (std::size_t k = 0; k < 2; ++k) {
        CHECK(static_cast<double>(mine[k]) ==
              doctest::Approx((3 * own.weights()[k] + 2 * everybody.weights()[k]) / 5));
        CHECK(weights(99)[k] == static_cast<float>(everybody.weights()[k])); // a stranger
    }
    CHECK(mine[0] > 0.5F);
    CHECK(weights(99)[0] < 0.5F);

    SUBCASE("refused rewards teach nobody") {
        const auto before = all;
        CHECK_THROWS_AS(all.rewards(55, std::vector{2.0, 0.0}), data_error);
        CHECK(all == before);
        CHECK_THROWS_AS((personal_weights{hedge{2}, {.shrinkage = -1}}), option_error);
    }
    SUBCASE("they come back from an archive to the bit, and learn on") {
        static_assert(archivable<personal_weights<hedge>>);
        auto loaded = tables::round_trip(all);
        CHECK(loaded == all);
        loaded.rewards(7, right);
        loaded.rewards(500, left);
        CHECK_FALSE(loaded == all);
        all.rewards(7, right);
        all.rewards(500, left);
        CHECK(loaded == all);

        const auto message = [&](const char* field, const auto& value) {
            tables::memory_archive damaged;
            all.save(damaged);
            damaged.fields[field] = value;
            std::string said = "nothing";
            try {
                (void)personal_weights<hedge>::load(damaged);
            } catch (const std::exception& problem) {
                said = problem.what();
            }
            return said;
        };
        CHECK(test::mentions(message("shrinkage", -1.0), "shrinkage is -1"));
        CHECK(test::mentions(message("keys", tensor<std::uint32_t>{{3, 1}, {1, 7, 7}}),
                             "key 7 is there twice"));
        CHECK(test::mentions(message("rounds", tensor<std::uint64_t>{{1, 1}, {1}}),
                             "one for each of the 3 keys"));
        CHECK(test::mentions(message("max_keys", std::int64_t{2}), "at most max_keys"));
    }
    SUBCASE("keys are bounded, κ = 0 trusts a key at once") {
        personal_weights few{hedge{2, {.rate = 0.5}}, {.shrinkage = 0, .max_keys = 1}};
        few.rewards(3, left);
        few.rewards(4, right);
        few.rewards(4, right);
        CHECK(few.key_count() == 1);
        std::vector<float> out(2);
        few.weights(3, out);
        CHECK(out[0] > 0.5F);
        few.weights(4, out);
        CHECK(out[0] == static_cast<float>(few.everybody().weights()[0]));
    }
}
