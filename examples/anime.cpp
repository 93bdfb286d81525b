// SPDX-License-Identifier: MIT
/// @file
/// A neural recommender from raw ratings to ten titles, and hybrids of it with implicit ALS.
#include "program.hpp"

#include <hybrec/hybrec.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <iomanip>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

namespace hr = hybrec;

namespace {

constexpr const char* usage = R"(usage: examples/run anime [DATA] [--json FILE]

DATA is a folder with anime_ratings.dat and anime_info.dat, or any data set with ratings; without it a catalogue is
invented. A tenth of the ratings is the test part, a tenth validation, from which everything is chosen: epochs,
drawn negatives, regularization, weights. Lists are judged by the titles that users rated in the upper quarter of the
scale.
)";

/// Entries that say "liked".
hr::user_items keep_liked(const hr::user_items& ratings, float liked_from) {
    std::vector<hr::triplet<hr::user_index, hr::item_index, float>> kept;
    for (std::size_t user = 0; user < ratings.row_count(); ++user)
        for (const auto [item, rating] : ratings.row(hr::user_index(user)))
            if (rating >= liked_from)
                kept.push_back({hr::user_index(user), item, rating});
    return hr::build_csr<hr::user_index, hr::item_index, float>(
        kept, {.row_count = ratings.row_count(), .column_count = ratings.column_count()});
}

struct data_parts {
    hr::dataset data;
    hr::user_items seen; ///< training and validation together: what lists leave out
    hr::user_items train, validation;
    hr::user_items train_liked, validation_liked, test_liked;
    float liked_from = 0;
};

data_parts prepare(const std::string& path) {
    data_parts parts;
    const auto ratings = std::filesystem::path{path} / "anime_ratings.dat";
    if (path.empty())
        parts.data =
            hr::make_synthetic_catalogue({.users = 900, .items = 400, .mean_interactions = 50});
    else // of a folder with a history of views and a file of ratings, the ratings
        parts.data = hr::read_dataset(
            std::filesystem::exists(ratings) ? ratings : std::filesystem::path{path});
    if (path.empty()) {
        parts.data.name = "invented catalogue";
        for (float& value : parts.data.log.matrix.values()) // how often: from 1 to 30
            value = 1;
    }
    auto outer = hr::split_random(parts.data.log.matrix, {.test_fraction = 0.1, .seed = 42});
    auto inner = hr::split_random(outer.train, {.test_fraction = 1.0 / 9, .seed = 1});
    parts.seen = std::move(outer.train);
    parts.train = std::move(inner.train);
    parts.validation = std::move(inner.test);
    const auto [least, most] = std::ranges::minmax(parts.train.values());
    parts.liked_from = least + 0.75F * (most - least);
    parts.train_liked = keep_liked(parts.train, parts.liked_from);
    parts.validation_liked = keep_liked(parts.validation, parts.liked_from);
    parts.test_liked = keep_liked(outer.test, parts.liked_from);
    return parts;
}

/// The best of some candidates by NDCG@10 of the validation part.
template <class Model>
class choice {
  public:
    explicit choice(const data_parts& parts) : parts_{parts} {}

    void offer(const std::string& what, Model candidate) {
        const double reached =
            hr::evaluate(candidate, parts_.train, parts_.validation_liked, hr::ndcg{10})
                .mean("ndcg@10");
        std::cout << "  " << std::left << std::setw(38) << what << std::right << std::fixed
                  << std::setprecision(4) << reached << std::endl;
        if (models_.empty() || reached > best_) {
            best_ = reached;
            name_ = what;
            models_.clear();
            models_.push_back(std::move(candidate));
        }
    }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] Model& model() noexcept { return models_.front(); }

  private:
    const data_parts& parts_;
    std::vector<Model> models_;
    std::string name_;
    double best_ = 0;
};

hr::neural::training_options training_for(const data_parts& parts, const std::string& checkpoint) {
    return {.epochs = 40,
            .batch = 10'000,
            .validation = parts.validation,
            .learning_rate = hr::neural::ramp_up_then_decay{.start = 1e-3,
                                                            .peak = 5e-3,
                                                            .minimum = 5e-4,
                                                            .decay = 0.9,
                                                            .ramp_up = 4,
                                                            .hold = 12},
            .early_stopping = {.patience = 3},
            .checkpoint = checkpoint};
}

/// How popular an item is in the training part; the item of this title, or the most popular one.
hr::item_index find_title(const data_parts& parts, const std::string& title) {
    std::vector<std::size_t> counts(parts.train.column_count());
    for (const hr::item_index item : parts.train.columns())
        ++counts[item.value()];
    for (std::size_t item = 0; item < counts.size(); ++item)
        if (counts[item] > 0 && parts.data.title(hr::item_index(item)) == title)
            return hr::item_index(item);
    return hr::item_index(
        static_cast<std::size_t>(std::ranges::max_element(counts) - counts.begin()));
}

/// The hybrid of similar users and similar titles with the settings that validation prefers: heads counted, or
/// likenesses sharpened, rare likes weighed more, and the user's own likes beside the neighbours'.
template <class People, class Goods>
auto choose_neighbours(const std::string& what, const People& people, const Goods& goods,
                       const data_parts& parts) {
    using hybrid = hr::neighbour_hybrid<std::reference_wrapper<const People>,
                                        std::reference_wrapper<const Goods>>;
    choice<hybrid> candidates{parts};
    const auto offer = [&](const std::string& how, const hr::neighbour_hybrid_options& options,
                           const hr::user_items& likes) {
        hybrid candidate{std::cref(people), std::cref(goods), options};
        candidate.fit(likes);
        candidates.offer(what + ": " + std::to_string(options.similar_users) + " users" + how,
                         std::move(candidate));
    };
    const hr::user_items weighed = hr::tf_idf{}(parts.train_liked);
    for (const std::size_t similar : {10U, 50U, 200U})
        offer(", counted",
              {.similar_users = similar, .user_weight = 0.95F, .content_weight = 0.05F},
              parts.train_liked);
    for (const std::size_t similar : {50U, 200U})
        for (const float power : {2.0F, 4.0F})
            for (const float own : {3.0F, 10.0F, 30.0F})
                offer(", power " + std::to_string(static_cast<int>(power)) + ", own " +
                          std::to_string(static_cast<int>(own)),
                      {.similar_users = similar,
                       .user_weight = 1,
                       .content_weight = 0,
                       .own_weight = own,
                       .likeness_power = power,
                       .weigh_likes = true},
                      weighed);
    return std::move(candidates.model());
}

template <class Ranking>
hr::json show(const data_parts& parts, const Ranking& ranking) {
    hr::json list;
    for (const auto& [item, score] : ranking) {
        std::cout << std::setw(10) << std::setprecision(3) << score << "  "
                  << parts.data.title(item) << '\n';
        hr::json entry;
        entry["title"] = parts.data.title(item);
        entry["score"] = static_cast<double>(score);
        list.push_back(entry);
    }
    return list;
}

/// Rows of the comparison.
class table {
  public:
    explicit table(const data_parts& parts) : parts_{parts} {
        std::cout << '\n'
                  << parts.data.name
                  << ", test part: NDCG@10, coverage@10; differences to both parts, paired\n";
    }

    template <class Model>
    const std::vector<double>& add(const std::string& name, const Model& model) {
        const auto report =
            hr::evaluate(model, parts_.seen, parts_.test_liked, hr::ndcg{10}, hr::coverage{10});
        const auto values = report.values("ndcg@10");
        values_.emplace_back(values.begin(), values.end());
        std::cout << std::left << std::setw(34) << name << std::right << std::setprecision(4)
                  << std::setw(8) << report.mean("ndcg@10") << std::setw(8)
                  << report.mean("coverage@10");
        hr::json row;
        row["name"] = name;
        row["ndcg@10"] = report.mean("ndcg@10");
        row["coverage@10"] = report.mean("coverage@10");
        rows_.push_back(row);
        return values_.back();
    }
    void end_line() { std::cout << std::endl; }
    /// Ends the line with the gains over both parts, tested by swapping signs at random.
    void against(const std::string& network, const std::vector<double>& net,
                 const std::vector<double>& als) {
        for (const auto& [part, values] :
             {std::pair<std::string, const std::vector<double>*>{network, &net}, {"als", &als}}) {
            const hr::paired_test test = hr::paired_randomization_test(values_.back(), *values);
            std::cout << "  " << std::showpos << test.difference << std::noshowpos
                      << " (p = " << test.p_value << ")";
            hr::json one;
            one["part"] = part;
            one["gain"] = test.difference;
            one["p"] = test.p_value;
            rows_.back()["against"].push_back(one);
        }
        end_line();
    }
    [[nodiscard]] hr::json rows() const {
        hr::json all;
        for (const hr::json& row : rows_)
            all.push_back(row);
        return all;
    }

  private:
    const data_parts& parts_;
    std::deque<std::vector<double>> values_;
    std::deque<hr::json> rows_;
};

void run(const arguments& given) {
    const data_parts parts = prepare(given.data);
    std::cout << parts.data.name << ": " << parts.train.row_count() << " users, "
              << parts.train.column_count() << " titles, " << parts.train.entry_count()
              << " ratings to train on; liked from " << parts.liked_from << "\n\n";

    // The network. What it should rank for decides how many titles nobody rated stand beside each rating.
    const scratch_file checkpoint{"anime.checkpoint"};
    std::cout << "validation NDCG@10:\n";
    choice<hr::neural::recommender_net> nets{parts};
    hr::json training;
    for (const std::size_t negatives : {0U, 1U, 4U}) {
        hr::neural::recommender_net net{{.embedding = 128, .negatives = negatives}};
        const auto report = net.fit(parts.train, training_for(parts, checkpoint.path()));
        const std::string name = "recommender_net, " + std::to_string(negatives) + " negatives";
        nets.offer(name, std::move(net));
        if (nets.name() == name) {
            training = {};
            training["negatives"] = negatives;
            training["epochs"] = report.epochs;
            training["best_epoch"] = report.best_epoch;
            training["first_loss"] = report.validation_losses.front();
            training["loss"] = report.validation_losses[report.best_epoch - 1];
        }
    }
    const bool has_checkpoint = checkpoint.exists();
    const hr::neural::recommender_net& net = nets.model();

    // The other side of the diagram: BM25, then implicit ALS, on what was liked.
    choice<hr::implicit_als<>> alternatives{parts};
    for (const double regularization : {10.0, 30.0, 100.0}) {
        hr::implicit_als als{{.factors = 64, .regularization = regularization, .iterations = 10}};
        als.fit(hr::bm25{.k1 = 100, .b = 0.8F}(parts.train_liked));
        alternatives.offer("bm25, als, regularization " +
                               std::to_string(static_cast<int>(regularization)),
                           std::move(als));
    }
    const hr::implicit_als<>& als = alternatives.model();

    // Embeddings: who is like this user, what is like this title.
    hr::user_index user{0};
    for (std::size_t other = 0; other < parts.train_liked.row_count(); ++other)
        if (const std::size_t liked = parts.train_liked.row(hr::user_index(other)).size();
            liked >= 20 && liked <= 60) {
            user = hr::user_index(other);
            break;
        }
    const std::string user_name{parts.data.log.users[user]};
    std::cout << "\nusers like user " << user_name << ":";
    hr::json figures;
    for (const auto& [like, cosine] : hr::embedding_index{net.user_embeddings()}.nearest(user, 5)) {
        std::cout << "  " << parts.data.log.users[like] << " (" << std::setprecision(2) << cosine
                  << ")";
        hr::json one;
        one["user"] = std::string{parts.data.log.users[like]};
        one["cosine"] = static_cast<double>(cosine);
        figures["similar users"].push_back(one);
    }
    const hr::item_index title = find_title(parts, "Fullmetal Alchemist: Brotherhood");
    std::cout << "\n\nlike \"" << parts.data.title(title) << "\":\n";
    figures["similar to"] = parts.data.title(title);
    figures["similar titles"] = show(parts, net.similar_items(title, 5));

    // What similar users like, and what is similar to that.
    std::cout << "\nvalidation NDCG@10:\n";
    const auto neighbours = choose_neighbours("net", net, net, parts);
    std::cout << "\nfor user " << user_name << ", by the neighbour hybrid:\n";
    const hr::unseen_by_user unseen{parts.seen};
    figures["neighbour hybrid"] = show(parts, neighbours.recommend(user, 10, unseen));

    // The diagram: ALS beside a network of features; both propose, a blend with learned weights ranks.
    hr::item_feature_builder genres{parts.train.column_count()};
    genres.add_categories("genre", parts.data.categories);
    hr::neural::deep_fm features{{.negatives = 4}};
    features.fit(parts.train, hr::neural::feature_fields{.items = {genres.matrix()}},
                 training_for(parts, ""));
    auto engine =
        hr::candidates(hr::from(std::cref(als), 200), hr::from(std::cref(features), 200)) |
        hr::rank(hr::stacking{hr::ndcg_search{{.k = 10}}, std::cref(als), std::cref(features)});
    engine.fit(parts.train, parts.validation_liked); // the parts are trained: only the weights
    std::cout << "\nfor user " << user_name << ", by the engine of ALS and the features:\n";
    const auto list = engine.recommend(user, 10, unseen);
    figures["engine"] = show(parts, list);
    figures["seen titles in lists"] = static_cast<std::int64_t>(std::ranges::count_if(
        list, [&](const auto& each) { return parts.seen.row(user).contains(each.index); }));

    // Do hybrids beat their parts?
    table board{parts};
    hr::popularity popular;
    popular.fit(parts.train_liked);
    board.add("popularity", popular);
    board.end_line();
    const auto& of_net = board.add(nets.name(), net);
    board.end_line();
    const auto& of_als = board.add(alternatives.name(), als);
    board.end_line();
    const auto judge = [&](const std::string& name, const auto& hybrid) {
        board.add(name, hybrid);
        board.against(nets.name(), of_net, of_als);
    };
    hr::stacking searched{hr::ndcg_search{{.k = 10}}, std::cref(als), std::cref(net)};
    searched.learn(parts.train, parts.validation_liked);
    judge("weighted: search on ndcg", searched);
    judge("weighted: equal",
          hr::blend{hr::weighted_sum<>{1.0F, 1.0F}, std::cref(als), std::cref(net)});
    hr::stacking ridge{hr::ridge{}, std::cref(als), std::cref(net)};
    ridge.learn(parts.train, parts.validation_liked);
    judge("stacking: ridge", ridge);
    judge("rank fusion: reciprocal ranks",
          hr::blend{hr::reciprocal_rank_fusion{}, std::cref(als), std::cref(net)});
    auto cascade =
        hr::candidates(hr::from(std::cref(als), 200), hr::from(std::cref(net), 200)) |
        hr::rank(hr::stacking{hr::ndcg_search{{.k = 10}}, std::cref(als), std::cref(net)});
    cascade.fit(parts.train, parts.validation_liked);
    judge("cascade: both propose", cascade);
    auto second = hr::candidates(hr::from(std::cref(als), 30)) |
                  hr::rank(hr::blend{hr::weighted_sum<>{1.0F}, std::cref(net)});
    second.exclude(parts.seen);
    judge("cascade: als proposes, net ranks", second);
    judge("mixed: interleaved", hr::mixed{hr::interleaving{}, std::cref(als), std::cref(net)});
    judge("neighbour hybrid: net", neighbours);
    judge("neighbour hybrid: users of als", choose_neighbours("als, net", als, net, parts));
    judge("neighbour hybrid: titles of als", choose_neighbours("net, als", net, als, parts));
    hr::stacking three{hr::ndcg_search{{.k = 10}}, std::cref(als), std::cref(net),
                       std::cref(neighbours)};
    three.learn(parts.train, parts.validation_liked);
    judge("weighted: and the neighbours", three);
    const auto& of_features = board.add("deep_fm", features);
    board.end_line();
    board.add("engine of the diagram", engine);
    board.against("deep_fm", of_features, of_als);

    figures["data"] = parts.data.name;
    figures["checkpoint written"] = has_checkpoint;
    figures["training"] = training;
    figures["models"] = board.rows();
    write_file(given, "--json", hr::dump(figures, 1) + "\n");
}

} // namespace

int main(int count, char** values) { return run_program({"anime", usage}, count, values, run); }
