// SPDX-License-Identifier: MIT
/// @file
/// hybrec's side of the comparison with PyTorch: see `job_server.hpp`. `neural.py` drives it.
#include "../half_step.hpp"
#include "../iteration_times.hpp"
#include "../job_server.hpp"
#include "../npy.hpp"
#include "fields.hpp"

#include <hybrec/data/read_dataset.hpp>
#include <hybrec/data/split_random.hpp>
#include <hybrec/evaluation/evaluate.hpp>
#include <hybrec/evaluation/ndcg.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/io/archive.hpp>
#include <hybrec/io/json.hpp>
#include <hybrec/neural/models/deep_fm.hpp>
#include <hybrec/neural/models/recommender_net.hpp>
#include <hybrec/neural/models/wide_and_deep.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace hr = hybrec;
namespace hb = hybrec::benchmarks;
namespace nn = hybrec::neural;

namespace {

using hb::count, hb::figures, hb::text;

constexpr std::size_t batch = 10'000;
constexpr float liked_from = 8; ///< of ratings from 1 to 10: what counts as liked in the lists

class jobs : hb::job_pools {
  public:
    static hb::job_table<jobs> table() {
        return {{"load", &jobs::load},
                {"recommender_net_epoch", &jobs::recommender_net_epoch},
                {"recommender_net_score", &jobs::recommender_net_score},
                {"deep_fm_epoch", &jobs::feature_net_epoch<nn::deep_fm>},
                {"deep_fm_score", &jobs::feature_net_score<nn::deep_fm>},
                {"wide_and_deep_epoch", &jobs::feature_net_epoch<nn::wide_and_deep>},
                {"wide_and_deep_score", &jobs::feature_net_score<nn::wide_and_deep>},
                {"samples", &jobs::write_samples},
                {"start", &jobs::write_start},
                {"fit", &jobs::fit},
                {"ndcg", &jobs::ndcg}};
    }

  private:
    /// Reads the ratings and holds out a tenth for validation and a tenth for the test; writes what the
    /// peer trains its epochs on.
    hr::json load(const hr::json& job) {
        data_ = hr::read_dataset(text(job, "data"));
        const hr::user_items& all = data_.log.matrix;
        hr::split outer = hr::split_random(all, {.test_fraction = 0.1, .seed = 42});
        hr::split inner = hr::split_random(outer.train, {.test_fraction = 1.0 / 9, .seed = 1});
        train_ = std::move(inner.train);
        validation_ = std::move(inner.test);
        std::vector<hr::triplet<hr::user_index, hr::item_index, float>> liked;
        for (std::size_t user = 0; user < outer.test.row_count(); ++user)
            for (const auto [item, rating] : outer.test.row(hr::user_index(user)))
                if (rating >= liked_from)
                    liked.push_back({hr::user_index(user), item, rating});
        test_ = hr::build_csr<hr::user_index, hr::item_index, float>(
            liked, {.row_count = all.row_count(), .column_count = all.column_count()});

        const std::filesystem::path folder = text(job, "folder");
        write(folder / "all", rating_samples(all, 0, 0), std::nullopt, 0);
        fields_ = hb::genre_fields(data_);
        hb::write_fields(folder / "fields", all, fields_);
        hr::json answer;
        answer["users"] = all.row_count();
        answer["items"] = all.column_count();
        answer["entries"] = all.entry_count();
        return answer;
    }

    /// The second epoch of a training on all ratings; set-up is not counted.
    hr::json recommender_net_epoch(const hr::json& job) {
        std::vector<hb::elapsed> times;
        nn::recommender_net net{{.embedding = count(job, "embedding", 128)}};
        net.fit(data_.log.matrix,
                {.epochs = 2, .batch = batch, .embedding_updates = updates(job)},
                hb::iteration_times{times}, where(job));
        served_.emplace(std::move(net));
        return figures(times.at(1));
    }

    /// The median of single users' requests: the scores of `items` items.
    hr::json recommender_net_score(const hr::json& job) {
        if (!served_)
            throw hr::option_error{"recommender_net_score comes after recommender_net_epoch"};
        const std::vector<hr::item_index> items = chosen_items(job);
        std::vector<float> scores(items.size());
        return median_of_users(
            [&](std::size_t user) { served_->score(hr::user_index(user), items, scores); });
    }

    /// As above, of a network of features, with the genres of the items.
    template <class Model>
    hr::json feature_net_epoch(const hr::json& job) {
        std::vector<hb::elapsed> times;
        Model net{{.id_dropout = 0, .negatives = 0, .labels = labels_}}; // which peers do not have
        net.fit(data_.log.matrix, fields_, {.epochs = 2, .batch = batch},
                hb::iteration_times{times}, where(job));
        std::get<std::optional<Model>>(feature_nets_).emplace(std::move(net));
        return figures(times.at(1));
    }
    template <class Model>
    hr::json feature_net_score(const hr::json& job) {
        const auto& net = std::get<std::optional<Model>>(feature_nets_);
        if (!net)
            throw hr::option_error{"scores come after an epoch"};
        const std::vector<hr::item_index> items = chosen_items(job);
        const hr::execution shared = where(job);
        std::vector<float> scores(items.size());
        return median_of_users(
            [&](std::size_t user) { net->score(hr::user_index(user), items, scores, shared); });
    }

    // Parity: both sides start from the same values and train on the same samples in the same order.

    /// Writes the values that `recommender_net` starts from.
    hr::json write_start(const hr::json& job) {
        const nn::recommender_net_options options;
        const nn::cosine_network<float> network{train_.row_count(), train_.column_count(),
                                                options.embedding, options.initial_deviation,
                                                count(job, "seed")};
        const std::filesystem::path folder = text(job, "folder");
        std::filesystem::create_directories(folder);
        const auto write_table = [&](const char* name, const nn::matrix<float>& table) {
            std::vector<float> values;
            for (std::size_t row = 0; row < table.rows(); ++row)
                values.insert(values.end(), table.row(row), table.row(row) + table.columns());
            hb::write_npy<float>(folder / name, values);
        };
        write_table("users.npy", network.users());
        write_table("items.npy", network.items());
        const std::vector<float> output{network.weight(), network.bias()};
        hb::write_npy<float>(folder / "output.npy", output);
        return {};
    }

    nn::rating_samples rating_samples(const hr::user_items& matrix, std::size_t negatives,
                                      std::uint64_t seed,
                                      const nn::rating_samples* besides = nullptr) {
        return {matrix.view(), labels_, negatives, seed, besides};
    }

    /// Writes the samples of an epoch as `recommender_net` visits them, or those it is validated by.
    hr::json write_samples(const hr::json& job) {
        const std::size_t negatives = count(job, "negatives");
        const std::uint64_t seed = count(job, "seed");
        if (drawn_for_ != std::pair{negatives, seed}) {
            samples_.emplace(rating_samples(train_, negatives, seed));
            held_out_.emplace(rating_samples(validation_, negatives, seed + 1, &*samples_));
            drawn_for_ = {negatives, seed};
        }
        if (text(job, "part") == "validation")
            write(text(job, "folder"), *held_out_, std::nullopt, 0);
        else
            write(text(job, "folder"), *samples_, seed, count(job, "epoch"));
        return {};
    }

    /// @param seed of the order; none: as they are
    void write(const std::filesystem::path& folder, const nn::rating_samples& samples,
               std::optional<std::uint64_t> seed, std::size_t epoch) {
        std::vector<std::uint32_t> order(samples.size());
        for (std::size_t at = 0; at < order.size(); ++at)
            order[at] = static_cast<std::uint32_t>(at);
        if (seed) // as neural::train does
            hr::counter_random{*seed, std::uint64_t{epoch} << 32 | 1}.shuffle(order.begin(),
                                                                              order.size());
        std::vector<std::int64_t> users, items;
        std::vector<float> labels;
        for (const std::uint32_t position : order) {
            const nn::rating_sample sample = samples.at(position, epoch);
            users.push_back(sample.user);
            items.push_back(sample.item);
            labels.push_back(sample.label);
        }
        std::filesystem::create_directories(folder);
        hb::write_npy<std::int64_t>(folder / "users.npy", users);
        hb::write_npy<std::int64_t>(folder / "items.npy", items);
        hb::write_npy<float>(folder / "labels.npy", labels);
    }

    hr::json fit(const hr::json& job) {
        nn::recommender_net net{{.embedding = count(job, "embedding", 128),
                                 .negatives = count(job, "negatives"),
                                 .labels = labels_,
                                 .seed = count(job, "seed")}};
        const nn::training_report report = net.fit(train_,
                                                   {.epochs = count(job, "epochs"),
                                                    .batch = batch,
                                                    .validation = validation_,
                                                    .learning_rate = job.find("rate")->as_real(),
                                                    .embedding_updates = updates(job),
                                                    .seed = count(job, "seed")},
                                                   hr::no_progress{}, where(job));
        hr::json answer;
        answer["loss"] = report.validation_losses[report.best_epoch - 1];
        answer["epoch"] = report.best_epoch;
        answer["ndcg"] = judge(net, where(job));
        return answer;
    }

    /// NDCG@10 of the peer's vectors `users.npy` and `items.npy`, whose inner products are the scores.
    hr::json ndcg(const hr::json& job) {
        const std::filesystem::path folder = text(job, "folder");
        const std::size_t columns = count(job, "embedding", 128);
        hr::implicit_als model{hr::als_options{.factors = columns}};
        model.set_factors(hb::read_factors<hr::user_index>(folder / "users.npy", columns),
                          hb::read_factors<hr::item_index>(folder / "items.npy", columns),
                          where(job));
        hr::json answer;
        answer["ndcg"] = judge(model, where(job));
        return answer;
    }

    template <class Model>
    [[nodiscard]] double judge(const Model& model, const hr::execution& execution) const {
        return hr::evaluate(execution, model, train_, test_, hr::ndcg{.k = 10}).mean("ndcg@10");
    }

    static nn::embedding_updates updates(const hr::json& job) {
        const hr::json* const dense = job.find("dense");
        return dense && dense->as_bool() ? nn::embedding_updates::dense
                                            : nn::embedding_updates::lazy;
    }

    std::vector<hr::item_index> chosen_items(const hr::json& job) const {
        std::vector<hr::item_index> items;
        for (const hr::json& item : job.find("items")->as_array())
            items.emplace_back(static_cast<std::uint32_t>(item.as_integer()));
        return items;
    }
    template <class Work>
    hr::json median_of_users(Work&& work) const {
        std::vector<double> seconds;
        for (std::size_t at = 0; at < 200; ++at) {
            const hr::stopwatch watch;
            work(at * data_.log.matrix.row_count() / 200);
            seconds.push_back(watch.seconds());
        }
        hr::json answer;
        answer["seconds"] = hb::median(seconds);
        return answer;
    }

    hr::dataset data_;
    nn::label_range labels_{1, 10};
    hr::user_items train_, validation_;
    hr::user_items test_; // liked items
    nn::feature_fields fields_;
    std::optional<nn::recommender_net> served_;
    std::tuple<std::optional<nn::deep_fm>, std::optional<nn::wide_and_deep>> feature_nets_;
    std::optional<nn::rating_samples> samples_, held_out_;
    std::pair<std::size_t, std::uint64_t> drawn_for_{~std::size_t{0}, 0};
};

} // namespace

int main() {
    jobs worker;
    hb::serve(worker, jobs::table());
}
