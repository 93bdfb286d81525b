// SPDX-License-Identifier: MIT
/// @file
/// The kinds of hybrids (Burke 2002) side by side: which strategy wins for new users, and which for regular ones.
#include "program.hpp"

#include <hybrec/hybrec.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace hr = hybrec;

namespace {

constexpr const char* usage = R"(usage: examples/run strategies [DATA] [--json FILE]

DATA is a data set that describes its items (categories, titles; plots of ml-1m). Without it a catalogue is
invented. A fifth of everybody's entries is the test part; of what is left, a third of the users keep 0 to 4 entries, a
third 5 to 19, and a third all, less a tenth for validation, from which all weights and thresholds come.
)";

/// Plots, where the folder has them: the last of the fields of movies_extrainfos.dat, the first is the id.
std::vector<std::string> read_plots(const std::string& folder, const hr::dataset& data) {
    std::vector<std::string> plots(data.log.matrix.column_count());
    std::ifstream file{std::filesystem::path{folder} / "movies_extrainfos.dat"};
    for (std::string line; std::getline(file, line);)
        if (const auto item = data.log.items.find(line.substr(0, line.find("::"))))
            plots[item->value()] = line.substr(line.rfind("::") + 2);
    return plots;
}

struct data_parts {
    std::string name;
    hr::user_items train;
    hr::user_items validation;
    hr::user_items test;
    hr::item_features described;
};

constexpr std::array group_names{"0-4", "5-19", "20+"};
std::size_t group_of(std::size_t length) { return length < 5 ? 0 : length < 20 ? 1 : 2; }

data_parts prepare(const std::string& path) {
    const hr::dataset data =
        path.empty()
            ? hr::make_synthetic_catalogue({.users = 900, .items = 400, .mean_interactions = 50})
            : hr::read_dataset(path);
    if (data.categories.empty())
        throw hr::data_error{"the data set does not describe its items; content models need that"};
    data_parts parts;
    parts.name = path.empty() ? "invented catalogue" : data.name;
    auto outer = hr::split_random(data.log.matrix, {.test_fraction = 0.2, .seed = 42});
    auto inner = hr::split_random(outer.train, {.test_fraction = 0.1, .seed = 1});
    parts.test = std::move(outer.test);
    parts.validation = std::move(inner.test);

    std::vector<hr::triplet<hr::user_index, hr::item_index, float>> kept;
    for (std::size_t user = 0; user < inner.train.row_count(); ++user) {
        const auto row = inner.train.row(hr::user_index(user));
        std::vector<std::size_t> order(row.size());
        for (std::size_t at = 0; at < order.size(); ++at)
            order[at] = at;
        const hr::counter_random random{7, user};
        random.shuffle(order.begin(), order.size());
        std::size_t count = row.size();
        if (user % 3 != 2)
            count = user % 3 == 0 ? random.below(5, 1'000'000) : 5 + random.below(15, 1'000'000);
        for (std::size_t at = 0; at < std::min(count, order.size()); ++at)
            kept.push_back(
                {hr::user_index(user), row.columns()[order[at]], row.values()[order[at]]});
    }
    parts.train = hr::build_csr<hr::user_index, hr::item_index, float>(
        kept, {.row_count = inner.train.row_count(), .column_count = inner.train.column_count()});

    hr::item_feature_builder builder{parts.train.column_count()};
    builder.add_categories("category", data.categories);
    builder.add_text("title", data.titles);
    if (std::filesystem::exists(std::filesystem::path{path} / "movies_extrainfos.dat"))
        builder.add_text("plot", read_plots(path, data));
    parts.described = builder.matrix();
    return parts;
}

/// Rows of the table: a strategy and what it reaches for each group of users.
class table {
  public:
    explicit table(const data_parts& data) : data_{data} {}

    template <class Model>
    const hr::evaluation_report& add(const std::string& name, const Model& model) {
        const auto report =
            hr::evaluate(model, data_.train, data_.test, hr::ndcg{10}, hr::coverage{10});
        std::array<double, 3> sums{};
        std::array<std::size_t, 3> counts{};
        const auto values = report.values("ndcg@10");
        for (std::size_t at = 0; at < values.size(); ++at) {
            const std::size_t group =
                group_of(data_.train.row(report.users()[at]).columns().size());
            sums[group] += values[at];
            ++counts[group];
        }
        std::cout << std::left << std::setw(34) << name << std::right << std::fixed
                  << std::setprecision(4);
        hr::json row;
        row["name"] = name;
        for (std::size_t group = 0; group < 3; ++group) {
            const double mean = sums[group] / static_cast<double>(counts[group]);
            std::cout << std::setw(9) << mean;
            row[group_names[group]] = mean;
        }
        std::cout << std::setw(9) << report.mean("ndcg@10") << std::setw(10)
                  << report.mean("coverage@10") << std::setw(7)
                  << report.users_without_recommendations() << std::endl;
        row["all"] = report.mean("ndcg@10");
        row["coverage"] = report.mean("coverage@10");
        row["without"] = static_cast<std::int64_t>(report.users_without_recommendations());
        rows_["strategies"].push_back(row);
        reports_.push_back(report);
        return reports_.back();
    }
    [[nodiscard]] hr::json& rows() noexcept { return rows_; }

  private:
    const data_parts& data_;
    std::deque<hr::evaluation_report> reports_;
    hr::json rows_;
};

void run(const arguments& given) {
    const data_parts data = prepare(given.data);
    const hr::user_items& train = data.train;
    std::cout << data.name << ": ndcg@10 by the length of the training history\n\n"
              << std::left << std::setw(34) << "" << std::right << std::setw(9) << "0-4"
              << std::setw(9) << "5-19" << std::setw(9) << "20+" << std::setw(9) << "all"
              << std::setw(10) << "coverage" << std::setw(7) << "empty\n";
    table board{data};

    hr::popularity popular;
    popular.fit(train);
    hr::content_based content{data.described};
    content.fit(train);
    hr::implicit_als als{{.factors = 32, .regularization = 3, .iterations = 10}};
    als.fit(train);
    hr::item_knn<> item_knn{{.neighbors = 100}};
    item_knn.fit(train);
    board.add("popularity", popular);
    board.add("content", content);
    const auto& with_als = board.add("als", als);
    board.add("item_knn", item_knn);

    const auto p = std::ref(popular);
    const auto c = std::ref(content);
    const auto a = std::ref(als);
    const auto k = std::ref(item_knn);
    board.add("weighted: equal", hr::blend{hr::weighted_sum<>{1.0F, 1.0F, 1.0F}, p, c, a});
    hr::stacking searched{hr::ndcg_search{}, p, c, a, k};
    searched.learn(train, data.validation);
    board.add("weighted: search on ndcg", searched);
    hr::stacking ridge{hr::ridge{}, p, c, a, k};
    ridge.learn(train, data.validation);
    board.add("stacking: ridge", ridge);
    board.add("rank fusion: reciprocal ranks", hr::blend{hr::reciprocal_rank_fusion{}, p, c, a, k});

    // Adaptive: every validation user is a round, in which a part earns a reward if it finds something.
    hr::blend adaptive{hr::adaptive_sum{hr::fixed_share{4}}, p, c, a, k};
    const hr::unseen_by_user unseen{train};
    for (std::size_t user = 0; user < train.row_count(); ++user) {
        const auto liked = data.validation.row(hr::user_index(user));
        const auto found = [&](const auto& model) {
            for (const auto& entry : model.recommend(hr::user_index(user), 10, unseen))
                if (liked.contains(entry.index))
                    return 1.0;
            return 0.0;
        };
        if (!liked.empty())
            adaptive.combiner().rewards(
                std::array{found(popular), found(content), found(als), found(item_knn)});
    }
    board.add("adaptive: fixed share", adaptive);

    // Switching: thresholds by the validation part, of some by which content answers somebody.
    // Content alone recommends the obscure; with a little of what is popular it is a good start.
    hr::stacking described{hr::ndcg_search{}, c, p};
    described.learn(train, data.validation);
    const auto& with_content = board.add("content with popularity", described);
    const auto d = std::ref(described);
    const hr::history_lengths lengths{train};
    hr::cold_start_options chosen;
    double best = -1;
    for (const auto& [content_below, collaborative_from] :
         {std::pair{1U, 5U}, {1U, 20U}, {2U, 5U}, {2U, 10U}, {3U, 10U}, {5U, 20U}}) {
        const hr::cold_start_options options{.content_below = content_below,
                                             .collaborative_from = collaborative_from};
        const double reached = hr::evaluate(hr::cold_start{p, d, a, lengths, options}, train,
                                            data.validation, hr::ndcg{10})
                                   .mean("ndcg@10");
        if (reached > best) {
            best = reached;
            chosen = options;
        }
    }
    const auto& switched =
        board.add("switching: content below " + std::to_string(chosen.content_below) +
                      ", als from " + std::to_string(chosen.collaborative_from),
                  hr::cold_start{p, d, a, lengths, chosen});

    board.add("mixed: interleaved", hr::mixed{hr::interleaving{}, a, c, p});
    auto cascade = hr::candidates(hr::from(a, 200), hr::from(c, 100), hr::from(p, 50)) |
                   hr::rank(hr::stacking{hr::ridge{}, p, c, a, k}) |
                   hr::rerank(hr::mmr{std::cref(data.described), {.diversity = 0.2F}}, 30);
    cascade.fit(train, data.validation);
    board.add("cascade: 3 generators, ridge, mmr", cascade);

    hr::feature_als<> combined{{.factors = 32, .iterations = 10}};
    combined.fit(train, hr::user_features{}, data.described);
    board.add("feature combination: feature als", combined);
    hr::implicit_als augmented{{.factors = 32, .regularization = 3, .iterations = 10}};
    augmented.fit(hr::augment(train, k, {.items = 10, .weight = 0.02F}));
    board.add("feature augmentation: item_knn, als", augmented);
    hr::stacking meta{
        hr::ridge{{.regularization = 100}}, hr::z_score{}, hr::user_embedding{a, 16}, p, c, a, k};
    meta.learn(train, data.validation);
    board.add("meta-level: als vectors, ridge", meta);

    std::cout << "\nthe switching hybrid against its parts, over all users:";
    for (const auto& [name, report] :
         {std::pair{"content with popularity", &with_content}, {"als", &with_als}}) {
        const hr::paired_test test =
            hr::paired_randomization_test(switched.values("ndcg@10"), report->values("ndcg@10"));
        std::cout << ' ' << name << ' ' << std::showpos << test.difference << std::noshowpos
                  << " (p = " << test.p_value << ")";
        hr::json one;
        one["part"] = name;
        one["gain"] = test.difference;
        one["p"] = test.p_value;
        board.rows()["switching against"].push_back(one);
    }
    const auto nobody = hr::cold_start{p, d, a, lengths, chosen}.recommend(
        hr::request{std::span<const hr::weighted_item>{}}, 10);
    std::cout << "\nto somebody without a history: " << nobody.size() << " items\n";
    board.rows()["items without history"] = static_cast<std::int64_t>(nobody.size());
    write_file(given, "--json", hr::dump(board.rows(), 1) + "\n");
}

} // namespace

int main(int count, char** values) {
    return run_program({"strategies", usage}, count, values, run);
}
