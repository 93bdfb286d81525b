// SPDX-License-Identifier: MIT
/// @file
/// Published figures on the split of MovieLens-1M of He et al. 2017: each user's last item is ranked
/// among 99 sampled ones.
#include <hybrec/baseline/popularity.hpp>
#include <hybrec/data/read_interactions.hpp>
#include <hybrec/data/read_negatives.hpp>
#include <hybrec/evaluation.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

using namespace hybrec;

TEST_CASE("ncf-ml-1m: popularity and observed-weight ALS reach the published figures") {
    const char* data = std::getenv("HYBREC_DATA");
    if (!data) {
        MESSAGE("skipped: HYBREC_DATA is not set");
        return;
    }
    const std::string folder = std::string{data} + "/ncf-ml-1m/ml-1m.";
    const interaction_columns pairs{.weight = std::string{no_column},
                                    .time = std::string{no_column},
                                    .header = header_row::absent};
    const auto train_log = read_interactions(folder + "train.tsv", pairs);
    const auto test_log = read_interactions(folder + "test.rating", pairs);
    // Two test items are not in the training data.
    interaction_log all;
    const auto entries_of = [&](const interaction_log& log) {
        std::vector<triplet<user_index, item_index, float>> entries;
        for (const interaction& event : log.events)
            entries.push_back(
                {all.users.add(log.users[event.user]), all.items.add(log.items[event.item]), 1.0F});
        return entries;
    };
    const auto train_entries = entries_of(train_log);
    const auto test_entries = entries_of(test_log);
    const build_options shape{
        .row_count = all.users.size(), .column_count = all.items.size(), .fixed_shape = true};
    const auto train = build_csr<user_index, item_index, float>(train_entries, shape);
    const auto test = build_csr<user_index, item_index, float>(test_entries, shape);
    CHECK(train.row_count() == 6040);
    CHECK(train.column_count() == 3706);
    CHECK(train.entry_count() == 994169);
    CHECK(test.entry_count() == 6040);
    const auto negatives = read_negatives(folder + "test.negative", all);

    popularity popular;
    popular.fit(train);
    const auto baseline = evaluate_sampled(popular, test, negatives, hit_rate{10}, ndcg{10});
    MESSAGE("popularity: hr@10 ", baseline.mean("hit_rate@10"), ", ndcg@10 ",
            baseline.mean("ndcg@10"));
    CHECK(baseline.mean("hit_rate@10") == doctest::Approx(0.4538).epsilon(0.002));
    CHECK(baseline.mean("ndcg@10") == doctest::Approx(0.2545).epsilon(0.003));

    // The settings of Rendle et al. 2022, "Revisiting the performance of iALS on item recommendation
    // benchmarks"; the mean of three seeds.
    double hits = 0;
    double gain = 0;
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        implicit_als model{als_options{.factors = 192,
                                       .regularization = 0.007,
                                       .regularization_exponent = 1,
                                       .iterations = 12,
                                       .seed = seed,
                                       .initial_scale = 0.1},
                           exact{}, observed_weight{.unobserved_weight = 0.3}};
        model.fit(train);
        const auto report = evaluate_sampled(model, test, negatives, hit_rate{10}, ndcg{10});
        hits += report.mean("hit_rate@10") / 3;
        gain += report.mean("ndcg@10") / 3;
    }
    MESSAGE("implicit ALS: hr@10 ", hits, ", ndcg@10 ", gain);
    CHECK(hits >= 0.722);
    CHECK(gain >= 0.447);
}
