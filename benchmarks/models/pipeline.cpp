// SPDX-License-Identifier: MIT
/// @file
/// Measures a composed pipeline against the same steps written by hand in one function, request by
/// request in turn, and its latency on one core.
#include "../load_matrix.hpp"

#include <hybrec/baseline.hpp>
#include <hybrec/content.hpp>
#include <hybrec/factorization.hpp>
#include <hybrec/hybrid.hpp>
#include <hybrec/io/json.hpp>
#include <hybrec/neighbors.hpp>
#include <hybrec/rerank.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <exception>
#include <fstream>
#include <functional>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace hr = hybrec;
namespace hb = hybrec::benchmarks;

namespace {

constexpr const char* usage =
    R"(usage: benchmarks/run pipeline [--shape NAME] [--rounds N] [--json FILE]

3 generators (ALS 300, item-kNN 150, popularity 50), a blend of 4 (these and content), MMR over the best 50, for
10 items. Every user is asked for in every round, the pipeline and the function by hand one after the other on
one thread, in changing order. Figures are microseconds a request, warm.

  --shape NAME   ml1m, ml20m, the path of a data set, or the name of a folder below HYBREC_DATA (ml1m)
  --rounds N     how often; the medians over the rounds count (5)
)";

struct models {
    hr::user_items train;
    hr::item_features genres;
    hr::implicit_als<> als{{.factors = 64, .regularization = 3, .iterations = 5}};
    hr::item_knn<> item_knn{{.neighbors = 100}};
    hr::popularity popular;
    hr::content_based content;

    explicit models(hr::user_items matrix) : train{std::move(matrix)} {
        // 18 genres, one to three for each item.
        std::vector<hr::triplet<hr::item_index, hr::feature_index, float>> entries;
        const hr::counter_random random{42};
        for (std::size_t item = 0; item < train.column_count(); ++item)
            for (std::size_t at = 0; at <= random.below(3, 10 * item); ++at)
                entries.push_back({hr::item_index(item),
                                   hr::feature_index(random.below(18, 10 * item + 1 + at)), 1.0F});
        genres = hr::build_csr<hr::item_index, hr::feature_index, float>(
            entries, {.row_count = train.column_count(), .column_count = 18});
        als.fit(train);
        item_knn.fit(train);
        popular.fit(train);
        content = hr::content_based{genres};
        content.fit(train);
    }
};

constexpr std::array<float, 4> weights{0.5F, 0.3F, 0.1F, 0.1F};

auto compose(const models& m) {
    auto pipeline =
        hr::candidates(hr::from(std::cref(m.als), 300), hr::from(std::cref(m.item_knn), 150),
                       hr::from(std::cref(m.popular), 50)) |
        hr::rank(hr::blend{hr::linear_blend<>{{weights.begin(), weights.end()}}, std::cref(m.als),
                           std::cref(m.item_knn), std::cref(m.popular), std::cref(m.content)}) |
        hr::rerank(hr::mmr{std::cref(m.genres), {.diversity = 0.3F}}, 50);
    pipeline.exclude(m.train);
    return pipeline;
}

/// The same, by hand.
class by_hand {
  public:
    explicit by_hand(const models& m) : m_{m}, mmr_{std::cref(m.genres), {.diversity = 0.3F}} {}

    std::size_t operator()(hr::user_index user, std::span<hr::scored_item> out) {
        const hr::unseen_by_user unseen{m_.train};
        place_.resize(m_.train.column_count());
        items_.clear();
        const auto propose = [&](const auto& model, std::size_t budget) {
            list_.resize(budget);
            list_.resize(model.recommend_into(user, std::span{list_}, unseen));
            for (const hr::scored_item entry : list_) {
                std::uint32_t& place = place_[entry.index.value()];
                if (place < items_.size() && items_[place] == entry.index)
                    continue;
                place = static_cast<std::uint32_t>(items_.size());
                items_.push_back(entry.index);
            }
        };
        propose(m_.als, 300);
        propose(m_.item_knn, 150);
        propose(m_.popular, 50);
        total_.assign(items_.size(), 0.0F);
        const auto blend = [&](const auto& model, float weight) {
            scores_.resize(items_.size());
            model.score(user, items_, scores_);
            double sum = 0;
            double squares = 0;
            std::size_t count = 0;
            for (const float score : scores_)
                if (!hr::zero_is_no_score<std::remove_cvref_t<decltype(model)>> || score != 0) {
                    sum += static_cast<double>(score);
                    squares += static_cast<double>(score) * static_cast<double>(score);
                    ++count;
                }
            const double n = static_cast<double>(std::max<std::size_t>(count, 1));
            const double mean = sum / n;
            const double deviation = std::sqrt(std::max(0.0, squares / n - mean * mean));
            if (deviation > 0)
                for (std::size_t at = 0; at < items_.size(); ++at)
                    if (!hr::zero_is_no_score<std::remove_cvref_t<decltype(model)>> ||
                        scores_[at] != 0)
                        total_[at] +=
                            weight * static_cast<float>((static_cast<double>(scores_[at]) - mean) /
                                                        deviation);
        };
        blend(m_.als, weights[0]);
        blend(m_.item_knn, weights[1]);
        blend(m_.popular, weights[2]);
        blend(m_.content, weights[3]);
        list_.clear();
        for (std::size_t at = 0; at < items_.size(); ++at)
            list_.push_back({items_[at], total_[at]});
        std::sort(list_.begin(), list_.end(), hr::ranks_before<hr::item_index, float>);
        const std::span best = std::span{list_}.first(std::min<std::size_t>(50, list_.size()));
        const std::size_t size =
            mmr_.rerank(hr::request{user}, best, std::min(out.size(), best.size()), memory_);
        std::copy_n(best.begin(), size, out.begin());
        return size;
    }

  private:
    using reranker = hr::mmr<std::reference_wrapper<const hr::item_features>>;
    const models& m_;
    reranker mmr_;
    reranker::workspace memory_;
    std::vector<std::uint32_t> place_;
    std::vector<hr::item_index> items_;
    std::vector<hr::scored_item> list_;
    std::vector<float> scores_;
    std::vector<float> total_;
};

double quantile(std::vector<double> values, double share) {
    const auto at = values.begin() +
                    static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

void run(const std::string& shape, std::size_t rounds, const std::string& json) {
    const models m{hb::load_matrix(shape)};
    const auto pipeline = compose(m);
    typename decltype(pipeline)::workspace memory;
    by_hand hand{m};
    std::vector<hr::scored_item> one(10);
    std::vector<hr::scored_item> other(10);
    const auto timed = [](auto&& work) {
        const auto begin = std::chrono::steady_clock::now();
        work();
        return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
            .count();
    };
    std::vector<double> ratios, medians, hand_medians, tails;
    std::size_t same = 0;
    std::size_t asked = 0;
    for (std::size_t round = 0; round <= rounds; ++round) {
        std::vector<double> composed, written;
        for (std::size_t user = 0; user < m.train.row_count(); ++user) {
            const hr::user_index who{user};
            const auto ask = [&] {
                composed.push_back(
                    timed([&] { (void)pipeline.recommend_into(hr::request{who}, one, memory); }));
            };
            const auto write = [&] { written.push_back(timed([&] { (void)hand(who, other); })); };
            if ((user + round) % 2 == 0) {
                ask();
                write();
            } else {
                write();
                ask();
            }
            same += std::equal(one.begin(), one.end(), other.begin(),
                               [](auto left, auto right) { return left.index == right.index; });
            ++asked;
        }
        if (round == 0)
            continue; // warms up
        medians.push_back(quantile(composed, 0.5));
        hand_medians.push_back(quantile(written, 0.5));
        double composed_sum = 0, written_sum = 0;
        for (std::size_t at = 0; at < composed.size(); ++at) {
            composed_sum += composed[at];
            written_sum += written[at];
        }
        ratios.push_back(composed_sum / written_sum);
        tails.push_back(quantile(composed, 0.99));
    }
    const double share = static_cast<double>(same) / static_cast<double>(asked);
    std::printf("%s, %zu users, one thread\n", shape.c_str(), m.train.row_count());
    std::printf("pipeline  p50 %.1f us  p99 %.1f us\n", quantile(medians, 0.5),
                quantile(tails, 0.5));
    std::printf("by hand   p50 %.1f us\n", quantile(hand_medians, 0.5));
    std::printf("pipeline / by hand, whole rounds: %.3f (the same lists for %.2f %% of requests)\n",
                quantile(ratios, 0.5), 100 * share);
    if (!json.empty()) {
        hr::json report;
        report["shape"] = shape;
        report["p50"] = quantile(medians, 0.5);
        report["p99"] = quantile(tails, 0.5);
        report["by hand p50"] = quantile(hand_medians, 0.5);
        report["ratio"] = quantile(ratios, 0.5);
        report["same"] = share;
        std::ofstream file{json, std::ios::binary};
        file << hr::dump(report, 1) << '\n' << std::flush;
        if (!file)
            throw std::runtime_error{"cannot write " + json};
    }
}

} // namespace

int main(int count, char** values) {
    try {
        std::string shape = "ml1m";
        std::string json;
        std::size_t rounds = 5;
        for (int at = 1; at < count; ++at) {
            const std::string option = values[at];
            if (option == "--help" || option == "-h") {
                std::fputs(usage, stdout);
                return 0;
            }
            if (at + 1 == count ||
                (option != "--shape" && option != "--json" && option != "--rounds"))
                throw std::invalid_argument{"unexpected " + option};
            const std::string value = values[++at];
            if (option == "--shape")
                shape = value;
            else if (option == "--json")
                json = value;
            else if (rounds = std::stoul(value); rounds == 0)
                throw std::invalid_argument{"--rounds: expected at least 1"};
        }
        run(shape, rounds, json);
        return 0;
    } catch (const std::invalid_argument& problem) {
        std::fprintf(stderr, "pipeline: %s\n\n%s", problem.what(), usage);
        return 2;
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "pipeline: %s\n", problem.what());
        return 1;
    }
}
