// SPDX-License-Identifier: MIT
/// @file
/// The evaluation of He et al. 2017 (neural collaborative filtering): each user's last item is ranked
/// among 99 sampled ones.
#include <hybrec/hybrec.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <vector>

namespace hr = hybrec;

namespace {

struct ncf_split {
    std::string name;
    hr::user_items train;
    hr::user_items test;      // an item of each user
    hr::user_items negatives; // 99 of each user
};

/// The published files: `ml-1m.train.tsv` (user, item), `ml-1m.test.rating` (user, item, rating, time)
/// and `ml-1m.test.negative`.
ncf_split read_split(const std::filesystem::path& folder) {
    const hr::interaction_columns pairs{.weight = std::string{hr::no_column},
                                        .time = std::string{hr::no_column},
                                        .header = hr::header_row::absent};
    const auto train = hr::read_interactions(folder / "ml-1m.train.tsv", pairs);
    const auto test = hr::read_interactions(folder / "ml-1m.test.rating", pairs);
    // Some test items nobody has in the training data: ids of both.
    hr::interaction_log all;
    std::vector<hr::triplet<hr::user_index, hr::item_index, float>> entries[2];
    const hr::interaction_log* const logs[] = {&train, &test};
    for (std::size_t part = 0; part < 2; ++part)
        for (const hr::interaction& event : logs[part]->events)
            entries[part].push_back({all.users.add(logs[part]->users[event.user]),
                                     all.items.add(logs[part]->items[event.item]), 1.0F});
    const auto matrix = [&](std::size_t part) {
        return hr::build_csr<hr::user_index, hr::item_index, float>(
            entries[part],
            {.row_count = all.users.size(), .column_count = all.items.size(), .fixed_shape = true});
    };
    ncf_split result{folder.filename().string(), matrix(0), matrix(1), {}};
    result.negatives = hr::read_negatives(folder / "ml-1m.test.negative", all);
    return result;
}

/// The same of an invented catalogue: the last item of each user, and 99 that the user has not.
ncf_split invent_split() {
    const auto log = hr::make_synthetic_catalogue({.users = 600, .items = 400}).log;
    const auto parts = hr::split_leave_last_out(log);
    std::vector<hr::triplet<hr::user_index, hr::item_index, float>> negatives;
    for (std::size_t at = 0; at < log.matrix.row_count(); ++at) {
        const hr::user_index user(at);
        std::vector<hr::item_index> others;
        for (std::size_t item = 0; item < log.matrix.column_count(); ++item)
            if (!log.matrix.row(user).contains(hr::item_index(item)))
                others.push_back(hr::item_index(item));
        hr::counter_random{42, at}.shuffle(others.begin(), others.size());
        others.resize(std::min<std::size_t>(others.size(), 99));
        for (const hr::item_index item : others)
            negatives.push_back({user, item, 1.0F});
    }
    return {"invented catalogue", parts.train, parts.test,
            hr::build_csr<hr::user_index, hr::item_index, float>(
                negatives, {.row_count = log.matrix.row_count(),
                            .column_count = log.matrix.column_count(),
                            .fixed_shape = true})};
}

struct figures {
    double hit_rate;
    double ndcg;
};

figures judge(const auto& model, const ncf_split& split) {
    const auto report =
        hr::evaluate_sampled(model, split.test, split.negatives, hr::hit_rate{10}, hr::ndcg{10});
    return {report.mean("hit_rate@10"), report.mean("ndcg@10")};
}

void show(const char* name, const figures& found, double seconds) {
    std::printf("%-28s %10.4f %10.4f %10.1f\n", name, found.hit_rate, found.ndcg, seconds);
    std::fflush(stdout);
}

} // namespace

int main(int count, char** values) {
    try {
        const ncf_split split = count > 1 ? read_split(values[1]) : invent_split();
        std::printf("%s: %zu users, %zu items, %zu training entries\n", split.name.c_str(),
                    split.train.row_count(), split.train.column_count(), split.train.entry_count());
        std::printf("%-28s %10s %10s %10s\n", "model", "hr@10", "ndcg@10", "fit s");
        hr::popularity popular;
        const hr::stopwatch counting;
        popular.fit(split.train);
        const double counted = counting.seconds();
        show("popularity", judge(popular, split), counted);

        // The settings of Rendle et al. 2022, "Revisiting the performance of iALS on item
        // recommendation benchmarks", for this data set.
        figures mean{};
        double total_seconds = 0;
        constexpr std::array<std::uint64_t, 3> seeds{1, 2, 3};
        for (const std::uint64_t seed : seeds) {
            hr::implicit_als<hr::exact, hr::observed_weight> model{{.factors = 192,
                                                                    .regularization = 0.007,
                                                                    .regularization_exponent = 1,
                                                                    .iterations = 12,
                                                                    .seed = seed,
                                                                    .initial_scale = 0.1},
                                                                   {},
                                                                   {.unobserved_weight = 0.3}};
            const hr::stopwatch fitting;
            model.fit(split.train);
            const double seconds = fitting.seconds();
            const figures found = judge(model, split);
            show(("als, seed " + std::to_string(seed)).c_str(), found, seconds);
            mean.hit_rate += found.hit_rate / static_cast<double>(seeds.size());
            mean.ndcg += found.ndcg / static_cast<double>(seeds.size());
            total_seconds += seconds;
        }
        show("als, mean of seeds", mean, total_seconds / static_cast<double>(seeds.size()));
        std::puts("A warning: figures among sampled items are not comparable with those over the "
                  "whole catalogue.");
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "ncf: %s\n", problem.what());
        return 1;
    }
}
