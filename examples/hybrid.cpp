// SPDX-License-Identifier: MIT
/// @file
/// A hybrid of single models whose weights are learned on validation data, against each of them.
#include "program.hpp"

#include <hybrec/hybrec.hpp>

#include <array>
#include <functional>
#include <iomanip>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace hr = hybrec;

namespace {

constexpr const char* usage = R"(usage: examples/run hybrid [DATA] [options]

DATA is a data set; of one that comes without a validation or a test part, a tenth or a fifth is split off at
random. Without DATA a catalogue is invented. All settings come from training and validation data: the
weights are learned on the validation part by models trained on the training part; then the models are
trained on both, and the test part is looked at once.

  --json FILE   write the figures for machines, too
  --no-test     stop before the test part: print what the weights reach on the validation part
)";

/// What each phase took.
class phases {
  public:
    template <class Work>
    auto operator()(const std::string& name, Work&& work) {
        std::cerr << name << " …" << std::flush;
        const hr::stopwatch watch;
        if constexpr (std::is_void_v<std::invoke_result_t<Work&>>) {
            work();
            note(name, watch.seconds());
        } else {
            auto result = work();
            note(name, watch.seconds());
            return result;
        }
    }
    [[nodiscard]] const std::vector<std::pair<std::string, double>>& all() const noexcept {
        return seconds_;
    }

  private:
    void note(const std::string& name, double seconds) {
        std::cerr << ' ' << std::fixed << std::setprecision(1) << seconds << " s\n";
        seconds_.emplace_back(name, seconds);
    }
    std::vector<std::pair<std::string, double>> seconds_;
};

struct data_parts {
    std::string name;
    hr::user_items train;
    hr::user_items validation;
    hr::user_items test;
};

data_parts read(const std::string& path) {
    hr::dataset data = path.empty() ? hr::make_synthetic_catalogue({.users = 800, .items = 400})
                                    : hr::read_dataset(path);
    data_parts parts{
        path.empty() ? "invented catalogue" : data.name, std::move(data.log.matrix), {}, {}};
    if (data.test) {
        parts.test = std::move(*data.test);
    } else {
        auto split = hr::split_random(parts.train, {.test_fraction = 0.2, .seed = 42});
        parts.train = std::move(split.train);
        parts.test = std::move(split.test);
    }
    if (data.validation) {
        parts.validation = std::move(*data.validation);
    } else {
        auto split = hr::split_random(parts.train, {.test_fraction = 0.1, .seed = 1});
        parts.train = std::move(split.train);
        parts.validation = std::move(split.test);
    }
    return parts;
}

/// All entries of two matrices that share none.
hr::user_items joined(const hr::user_items& left, const hr::user_items& right) {
    std::vector<hr::triplet<hr::user_index, hr::item_index, float>> entries;
    for (const hr::user_items* matrix : {&left, &right})
        for (std::size_t user = 0; user < matrix->row_count(); ++user)
            for (const auto [item, weight] : matrix->row(hr::user_index(user)))
                entries.push_back({hr::user_index(user), item, weight});
    return hr::build_csr<hr::user_index, hr::item_index, float>(
        entries, {.row_count = left.row_count(), .column_count = left.column_count()});
}

/// The best 20 of the catalogue by several weightings of the same normalized scores, for all users.
template <class Hybrid>
std::vector<hr::rankings<hr::item_index>> rank_by(const Hybrid& hybrid,
                                                  const std::vector<std::vector<float>>& weightings,
                                                  const hr::user_items& train) {
    const std::size_t users = train.row_count();
    const std::size_t items = train.column_count();
    std::vector<hr::rankings<hr::item_index>> lists(weightings.size(),
                                                    hr::rankings<hr::item_index>{users, 20});
    const hr::unseen_by_user unseen{train};
    hr::execution{}.threads().for_chunks(
        users, 16, [&](std::size_t begin, std::size_t end, std::size_t) {
            hr::score_table said;
            hr::normalizing_workspace<hr::z_score> memory;
            hr::aligned_vector<float> scores(hr::padded_size<float>(items));
            for (std::size_t user = begin; user < end; ++user) {
                hybrid.gather_catalogue(hr::request{hr::user_index(user)}, said);
                for (std::size_t part = 0; part < said.component_count(); ++part)
                    hr::normalize_column(hr::z_score{}, said, part, memory);
                for (std::size_t one = 0; one < weightings.size(); ++one) {
                    for (std::size_t item = 0; item < items; ++item) {
                        float sum = 0;
                        for (std::size_t part = 0; part < said.component_count(); ++part)
                            sum += weightings[one][part] * said.scores(part)[item];
                        scores[item] = said.sources()[item] == 0 ? Hybrid::absent : sum;
                    }
                    lists[one].set_size(
                        user,
                        hr::select_scored(std::span{scores}.first(items), lists[one].buffer(user),
                                          hr::user_admission<hr::unseen_by_user<float>>{
                                              unseen, hr::user_index(user)},
                                          Hybrid::absent));
                }
            }
        });
    return lists;
}

void run(const arguments& given) {
    const bool tests = !given.has("--no-test");
    phases timed;
    data_parts data = timed("reading", [&] { return read(given.data); });

    // Settings are those of the leaderboard: published ones, and others chosen on validation data.
    hr::implicit_als<hr::exact, hr::observed_weight> als{
        {.factors = 1024, .regularization = 0.007, .regularization_exponent = 1, .iterations = 6},
        {},
        {.unobserved_weight = 0.01}};
    hr::gf_cf spectral;
    hr::random_walk walk{{.alpha = 1, .beta = 0, .neighbors = 100}};
    hr::user_knn<hr::cosine> people{{.neighbors = 200}};
    const std::array names{"als", "gf_cf", "p3alpha", "user_knn"};
    constexpr std::size_t parts = names.size();
    const auto fit_all = [&](const hr::user_items& matrix) {
        timed("  als", [&] { als.fit(matrix); });
        timed("  gf_cf", [&] { spectral.fit(matrix); });
        timed("  p3alpha", [&] { walk.fit(matrix); });
        timed("  user_knn", [&] { people.fit(matrix); });
    };

    hr::stacking hybrid{hr::ndcg_search{{.k = 20}}, std::ref(als), std::ref(spectral),
                        std::ref(walk), std::ref(people)};
    std::cerr << "training on the training part\n";
    fit_all(data.train);
    timed("learning the weights on the validation part",
          [&] { hybrid.learn(data.train, data.validation, {.depth = 100, .most_users = 10'000}); });
    const std::vector<float> weights{hybrid.combiner().weights().begin(),
                                     hybrid.combiner().weights().end()};

    // The hybrid, each part alone, and the hybrid without each part, the others in their proportions.
    std::vector<std::vector<float>> weightings{weights};
    for (std::size_t part = 0; part < parts; ++part) {
        weightings.emplace_back(parts, 0.0F);
        weightings.back()[part] = 1;
    }
    for (std::size_t part = 0; part < parts; ++part) {
        weightings.push_back(weights);
        weightings.back()[part] = 0;
    }

    hr::user_items known = data.train;
    const hr::user_items& judged = tests ? data.test : data.validation;
    if (tests) {
        std::cerr << "training on both parts\n";
        known = joined(data.train, data.validation);
        fit_all(known);
    }
    const auto lists =
        timed("ranking for everybody", [&] { return rank_by(hybrid, weightings, known); });
    std::vector<hr::evaluation_report> reports;
    for (const auto& list : lists)
        reports.push_back(
            hr::evaluate(hr::execution{}, list, judged, hr::recall{20}, hr::ndcg{20}));

    hr::json figures;
    figures["data"] = data.name;
    figures["part"] = tests ? "test" : "validation";
    std::cout
        << data.name << ", " << (tests ? "test" : "validation") << " part, "
        << reports[0].users_evaluated() << " users\n\n"
        << std::fixed << std::setprecision(4)
        << "               weight  recall@20  ndcg@20   without it  the hybrid's gain in ndcg@20\n";
    const auto line = [&](const std::string& name, const hr::evaluation_report& report) {
        std::cout << std::left << std::setw(14) << name << std::right;
        return std::pair{report.mean("recall@20"), report.mean("ndcg@20")};
    };
    const auto [recall, ndcg] = line("hybrid", reports[0]);
    std::cout << "         " << std::setw(9) << recall << std::setw(9) << ndcg << '\n';
    figures["recall@20"] = recall;
    figures["ndcg@20"] = ndcg;
    for (std::size_t part = 0; part < parts; ++part) {
        const auto [own_recall, own_ndcg] = line(names[part], reports[1 + part]);
        const hr::evaluation_report& without = reports[1 + parts + part];
        const hr::paired_test test =
            hr::paired_randomization_test(reports[0].values("ndcg@20"), without.values("ndcg@20"));
        std::cout << "  " << std::setw(7) << weights[part] << std::setw(9) << own_recall
                  << std::setw(9) << own_ndcg << "   " << std::setw(9) << without.mean("ndcg@20")
                  << "   " << std::showpos << test.difference << std::noshowpos
                  << " (p = " << test.p_value << ")\n";
        hr::json one;
        one["name"] = names[part];
        one["weight"] = static_cast<double>(weights[part]);
        one["recall@20"] = own_recall;
        one["ndcg@20"] = own_ndcg;
        one["ndcg@20 without it"] = without.mean("ndcg@20");
        one["gain"] = test.difference;
        one["p"] = test.p_value;
        figures["parts"].push_back(one);
    }
    std::cout << "\nseconds:";
    double total = 0;
    for (const auto& [phase, seconds] : timed.all()) {
        total += seconds;
        hr::json one;
        one["phase"] = phase;
        one["seconds"] = seconds;
        figures["phases"].push_back(one);
    }
    std::cout << std::setprecision(1) << ' ' << total << " in all\n";
    write_file(given, "--json", hr::dump(figures, 1) + "\n");
}

} // namespace

int main(int count, char** values) {
    return run_program({"hybrid", usage, {"--json"}, {"--no-test"}}, count, values, run);
}
