// SPDX-License-Identifier: MIT
/// @file
/// The main job: load or invent interactions, split, weight, train, evaluate against popularity,
/// recommend with titles, explain, save and reload.
#include <hybrec/hybrec.hpp>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hr = hybrec;

namespace {

constexpr const char* usage = R"(usage: examples/run [PATH] [options]

PATH is a data set: a folder (MovieLens 100K, 1M, latest; ml-100k, anime-5k, lastfm-2k, gowalla, …)
or a file (CSV, TSV, "::", or lines of "user item item …"). Without it a catalogue is invented.

  --user NAME --item NAME --weight NAME --time NAME
                      columns of a file with other than the usual names
  --factors N         length of the vectors (64)
  --iterations N      of alternating least squares (15)
  --regularization X  weight of the vectors' lengths in the loss (30)
  --seed N            of the split and of the starting vectors (42)
  --json FILE         write the report for machines, too
  --model FILE        where to save the model (recommender.safetensors)
)";

struct arguments {
    std::string path;
    std::string json;
    std::string model = "recommender.safetensors";
    hr::interaction_columns columns;
    hr::als_options als{.factors = 64, .regularization = 30, .iterations = 15};
};

template <class Number>
Number parse_number(const std::string& option, const std::string& text) {
    try {
        std::size_t used = 0;
        if constexpr (std::is_floating_point_v<Number>) {
            const Number value = std::stod(text, &used);
            if (used == text.size())
                return value;
        } else if (!text.empty() && text.front() != '-') {
            const Number value = std::stoull(text, &used);
            if (used == text.size())
                return value;
        }
    } catch (const std::logic_error&) { // falls through to the error below
    }
    throw std::invalid_argument{option + " is \"" + text + "\"; expected a number"};
}

arguments parse(int argc, char** argv) {
    arguments result;
    const std::vector<std::string> words(argv + 1, argv + argc);
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string& word = words[at];
        if (word.rfind("--", 0) != 0) {
            if (!result.path.empty())
                throw std::invalid_argument{"two paths are given: \"" + result.path + "\" and \"" +
                                            word + "\""};
            result.path = word;
            continue;
        }
        if (at + 1 == words.size())
            throw std::invalid_argument{word + " needs a value"};
        const std::string& value = words[++at];
        if (word == "--json")
            result.json = value;
        else if (word == "--model")
            result.model = value;
        else if (word == "--user")
            result.columns.user = value;
        else if (word == "--item")
            result.columns.item = value;
        else if (word == "--weight")
            result.columns.weight = value;
        else if (word == "--time")
            result.columns.time = value;
        else if (word == "--factors")
            result.als.factors = parse_number<std::size_t>(word, value);
        else if (word == "--iterations")
            result.als.iterations = parse_number<std::size_t>(word, value);
        else if (word == "--regularization")
            result.als.regularization = parse_number<double>(word, value);
        else if (word == "--seed")
            result.als.seed = parse_number<std::size_t>(word, value);
        else
            throw std::invalid_argument{"unknown option " + word};
    }
    return result;
}

/// Names the phases of the job and measures them.
class phases {
  public:
    explicit phases(hr::json& report) : report_{report} {}

    template <class Work>
    auto operator()(const char* name, Work&& work) {
        const hr::stopwatch watch;
        auto result = work();
        report_["seconds"][name] = watch.seconds();
        return result;
    }

  private:
    hr::json& report_;
};

hr::dataset load(const arguments& options) {
    if (options.path.empty())
        return hr::make_synthetic_catalogue({});
    if (options.columns.user.empty() && options.columns.item.empty())
        return hr::read_dataset(options.path);
    hr::dataset data;
    data.name = options.path;
    data.log = hr::read_interactions(options.path, options.columns);
    return data;
}

hr::split divide(const hr::dataset& data, const arguments& options) {
    if (data.test) // a published split stays as it is
        return {data.log.matrix, *data.test};
    return hr::split_random(data.log, {.test_fraction = 0.2, .seed = options.als.seed});
}

template <class Model>
hr::json measure(const char* name, const Model& model, const hr::split& parts) {
    const auto report = hr::evaluate(model, parts.train, parts.test, hr::recall{.k = 10},
                                     hr::recall{.k = 20}, hr::ndcg{.k = 10}, hr::ndcg{.k = 20});
    hr::json result;
    std::printf("  %-12s", name);
    const bool judged = report.users_evaluated() != 0;
    for (const char* metric : {"recall@10", "recall@20", "ndcg@10", "ndcg@20"}) {
        result[metric] = report.mean(metric);
        if (judged)
            std::printf("  %s %.4f", metric, report.mean(metric));
    }
    if (!judged)
        std::printf("  no user has held-out interactions to find");
    std::printf("\n");
    return result;
}

template <class Index>
hr::json show(const hr::ranking<Index>& list, const hr::dataset& data) {
    hr::json result{hr::json::array{}};
    for (const auto& [item, score] : list) {
        std::printf("    %8.4f  %s\n", static_cast<double>(score), data.title(item).c_str());
        hr::json entry;
        entry["item"] = data.log.items[item];
        entry["title"] = data.title(item);
        entry["score"] = static_cast<double>(score);
        result.push_back(std::move(entry));
    }
    return result;
}

/// A user with a history of middling length: the most telling one to show.
hr::user_index example_user(const hr::user_items& train) {
    hr::user_index best{0};
    const auto distance = [&](hr::user_index user) {
        const std::size_t size = train.row(user).size();
        return size > 12 ? size - 12 : 12 - size;
    };
    for (std::size_t user = 1; user < train.row_count(); ++user)
        if (distance(hr::user_index(user)) < distance(best))
            best = hr::user_index(user);
    return best;
}

hr::json recommend_to(const hr::user_index user, const hr::implicit_als<>& model,
                      const hr::popularity& popular, const hr::dataset& data,
                      const hr::split& parts) {
    hr::json result;
    const hr::fallback recommender{std::cref(model), std::cref(popular)};
    result["user"] = data.log.users[user];
    std::printf("\nUser %s chose, among others:\n", std::string{data.log.users[user]}.c_str());
    hr::ranking<hr::item_index> history;
    for (const auto [item, weight] : parts.train.row(user))
        history.push_back({item, weight});
    history.resize(std::min<std::size_t>(history.size(), 5));
    result["history"] = show(history, data);

    std::printf("  and is recommended:\n");
    const auto top = recommender.recommend(user, 10, hr::unseen_by_user(parts.train));
    result["recommendations"] = show(top, data);
    if (top.empty() || !model.knows(user))
        return result;

    std::printf("  because of \"%s\":\n", data.title(top.front().index).c_str());
    const auto why = model.explain(user, top.front().index);
    auto reasons = why.parts;
    reasons.resize(std::min<std::size_t>(reasons.size(), 3));
    result["explanation"]["item"] = data.log.items[top.front().index];
    result["explanation"]["score"] = static_cast<double>(why.score);
    result["explanation"]["remainder"] = static_cast<double>(why.remainder);
    result["explanation"]["parts"] = show(reasons, data);

    const hr::item_index liked = why.parts.front().index;
    std::printf("  Similar to \"%s\":\n", data.title(liked).c_str());
    result["similar_items"]["item"] = data.log.items[liked];
    result["similar_items"]["similar"] = show(model.similar_items(liked, 5), data);
    return result;
}

void run(const arguments& options) {
    hr::json report;
    phases phase{report};

    const hr::dataset data = phase("load", [&] { return load(options); });
    std::printf("%s: %zu users, %zu items, %zu interactions%s\n",
                data.name.empty() ? "invented catalogue" : data.name.c_str(), data.log.users.size(),
                data.log.items.size(), data.log.matrix.entry_count(),
                data.test ? ", with a published split" : "");
    report["dataset"]["name"] = data.name;
    report["dataset"]["users"] = data.log.users.size();
    report["dataset"]["items"] = data.log.items.size();
    report["dataset"]["interactions"] = data.log.matrix.entry_count();

    const hr::split parts = phase("split", [&] { return divide(data, options); });
    std::printf("split: %zu to train on, %zu to test with%s\n", parts.train.entry_count(),
                parts.test.entry_count(), data.test ? "" : " (at random, one in five)");
    report["dataset"]["train"] = parts.train.entry_count();
    report["dataset"]["test"] = parts.test.entry_count();

    auto weighted = phase("weight", [&] { return hr::bm25{}(parts.train); });

    hr::implicit_als model{options.als};
    report["options"]["model"] = model.type_name();
    report["options"]["weighting"] = "bm25(k1 = 100, b = 0.8)";
    report["options"]["factors"] = options.als.factors;
    report["options"]["regularization"] = options.als.regularization;
    report["options"]["iterations"] = options.als.iterations;
    report["options"]["seed"] = options.als.seed;
    phase("train", [&] { return model.fit(std::move(weighted), hr::progress_bar{}); });
    hr::popularity popular;
    popular.fit(parts.train);

    std::printf("held-out interactions found among the first 10 and 20 places:\n");
    phase("evaluate", [&] {
        report["metrics"]["model"] = measure("implicit ALS", model, parts);
        report["metrics"]["popularity"] = measure("popularity", popular, parts);
        return true;
    });

    report["shown"] = recommend_to(example_user(parts.train), model, popular, data, parts);

    phase("save", [&] {
        hr::save(options.model, model, data.log.users, data.log.items);
        return true;
    });
    const bool same = phase("reload", [&] {
        const auto [loaded, users, items] = hr::load<hr::implicit_als<>>(options.model);
        return loaded == model && users == data.log.users && items == data.log.items;
    });
    report["reloaded_equal"] = same;
    std::printf("\nSaved to %s and reloaded: %s\n", options.model.c_str(),
                same ? "the same model" : "DIFFERENT");
    if (!same)
        throw std::runtime_error{"the reloaded model differs from the saved one"};

    if (!options.json.empty()) {
        std::ofstream file{options.json};
        file << hr::dump(report, 2) << '\n';
        if (!file.flush())
            throw std::runtime_error{options.json + ": cannot be written"};
        std::printf("Report for machines: %s\n", options.json.c_str());
    }
    std::printf(
        "\nTry next: your own log,  examples/run purchases.csv --user user_id --item item_id\n"
        "          other settings, examples/run %s --factors 128 --iterations 30\n"
        "          the twenty lines of this in examples/from_log_to_recommendations.cpp\n",
        options.path.empty() ? "PATH" : options.path.c_str());
}

} // namespace

int main(int argc, char** argv) {
    for (int at = 1; at < argc; ++at)
        if (std::strcmp(argv[at], "--help") == 0 || std::strcmp(argv[at], "-h") == 0) {
            std::cout << usage;
            return 0;
        }
    try {
        run(parse(argc, argv));
    } catch (const std::invalid_argument& problem) {
        std::cerr << problem.what() << "\n\n" << usage;
        return 2;
    } catch (const std::exception& problem) {
        std::cerr << "error: " << problem.what() << '\n';
        return 1;
    }
}
