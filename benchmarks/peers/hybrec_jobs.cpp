// SPDX-License-Identifier: MIT
/// @file
/// hybrec's side of the comparison with its peers: see `job_server.hpp`. `peers.py` drives it.
#include "../half_step.hpp"
#include "../iteration_times.hpp"
#include "../job_server.hpp"
#include "../load_matrix.hpp"
#include "../memory.hpp"
#include "../npy.hpp"
#include "bpr_jobs.hpp"

#include <hybrec/hybrec.hpp>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hr = hybrec;
namespace hb = hybrec::benchmarks;

namespace {

using hb::count, hb::figures, hb::text;

/// The problem that all sides solve: confidence 1 + r for the value r, λ = 0.01.
constexpr double regularization = 0.01;

hr::als_options als_options(const hr::json& job, std::size_t iterations) {
    return {.factors = count(job, "factors", 64),
            .regularization = regularization,
            .iterations = iterations,
            .align_users = false,
            .keep_history = false};
}

/// Calls `work` with the solver that the job names.
template <class Work>
void with_solver(const hr::json& job, Work&& work) {
    const std::string name = text(job, "solver");
    bool known = false;
    hr::for_each_type<hr::exact, hr::conjugate_gradient, hr::subspace>([&]<class Solver>() {
        if (name != Solver::name())
            return;
        known = true;
        Solver solver;
        if constexpr (requires { solver.steps; })
            solver.steps = count(job, "steps", solver.steps);
        work(solver);
    });
    if (!known)
        throw hr::option_error{"solver is \"" + name +
                               "\"; expected exact, conjugate_gradient or subspace"};
}

class jobs : hb::job_pools {
  public:
    static hb::job_table<jobs> table() {
        return {{"load", &jobs::load},
                {"als_iteration", &jobs::als_iteration},
                {"als_state", &jobs::als_state},
                {"als_error", &jobs::als_error},
                {"fit_once", &jobs::fit_once},
                {"train", &jobs::train},
                {"recommend_all", &jobs::recommend_all},
                {"one_user", &jobs::one_user},
                {"similar_all", &jobs::similar_all},
                {"knn", &jobs::knn},
                {"knn_once", &jobs::knn_once},
                {"bpr_epoch", &jobs::bpr_epoch},
                {"bpr_split", &jobs::bpr_split},
                {"bpr_quality", &jobs::bpr_quality},
                {"bm25", &jobs::bm25},
                {"bm25_memory", &jobs::bm25_memory},
                {"read_csv", &jobs::read_csv}};
    }

  private:
    template <class Work>
    static hr::json timed(Work&& work) {
        const hb::double_stopwatch watch;
        const auto result = work();
        return figures(watch.read()); // the result is freed after this
    }

    hr::json load(const hr::json& job) {
        served_.reset();
        contest_.reset();
        matrix_ = hb::read_matrix(text(job, "folder"));
        hr::json answer;
        answer["users"] = matrix_.row_count();
        answer["items"] = matrix_.column_count();
        answer["entries"] = matrix_.entry_count();
        return answer;
    }

    /// The second iteration, both sides, of a fit from random factors; set-up is not counted.
    hr::json als_iteration(const hr::json& job) {
        hr::json answer;
        with_solver(job, [&](auto solver) {
            hr::implicit_als<decltype(solver)> model{als_options(job, 2), solver};
            std::vector<hb::elapsed> times;
            model.fit(matrix_, hb::iteration_times{times}, where(job));
            answer = figures(times.at(1));
        });
        return answer;
    }

    hr::json als_state(const hr::json& job) {
        hb::write_half_step(text(job, "folder"), matrix_, als_options(job, 1), where(job));
        return {};
    }

    hr::json als_error(const hr::json& job) {
        hr::json answer;
        with_solver(job, [&](auto solver) {
            answer["error"] = hb::half_step_error(text(job, "folder"), matrix_, als_options(job, 1),
                                                  solver, where(job));
        });
        return answer;
    }

    /// A whole fit that takes the matrix; for the peak memory of a process of its own.
    hr::json fit_once(const hr::json& job) {
        hr::json answer;
        with_solver(job, [&](auto solver) {
            hr::implicit_als<decltype(solver)> model{als_options(job, 2), solver};
            model.fit(std::move(matrix_), where(job));
            answer["peak_bytes"] = hb::peak_memory();
        });
        return answer;
    }

    hr::json bpr_epoch(const hr::json& job) {
        return figures(hb::bpr_epoch(matrix_, count(job, "factors", 64), where(job)));
    }

    /// Splits the matrix that "shape" names and writes the training part for the peers.
    hr::json bpr_split(const hr::json& job) {
        contest_.emplace(hb::load_matrix(text(job, "shape")));
        contest_->write(text(job, "folder"));
        return {};
    }

    /// NDCG@10 of the peer's vectors if there is a "folder", else of hybrec's own.
    hr::json bpr_quality(const hr::json& job) {
        const std::size_t factors = count(job, "factors", 64);
        if (!contest_)
            throw hr::option_error{"bpr_quality comes after bpr_split"};
        hr::json answer;
        answer["ndcg"] = job.find("folder") != nullptr
                             ? contest_->ndcg_of(text(job, "folder"), factors + 1,
                                                 where(job)) // and the bias
                             : contest_->own_ndcg(factors, count(job, "epochs", 100), where(job));
        return answer;
    }

    /// Trains the model that the retrieval jobs serve, and writes its factors for the peers.
    hr::json train(const hr::json& job) {
        const std::filesystem::path folder = text(job, "folder");
        std::filesystem::create_directories(folder);
        served_.emplace(als_options(job, 5));
        served_->fit(matrix_, where(job));
        hb::write_factors(folder / "users.npy", served_->user_factors());
        hb::write_factors(folder / "items.npy", served_->item_factors());
        return {};
    }

    hr::json recommend_all(const hr::json& job) {
        const std::size_t n = count(job, "n", 10);
        const hr::json* filtered = job.find("filtered");
        if (filtered != nullptr && !filtered->as_bool())
            return timed([&] { return served_->recommend_all(n, hr::unfiltered{}, where(job)); });
        return timed(
            [&] { return served_->recommend_all(n, hr::unseen_by_user(matrix_), where(job)); });
    }

    /// The median and the 99th percentile of single requests, in seconds.
    hr::json one_user(const hr::json& job) {
        const std::size_t n = count(job, "n", 10);
        const auto filter = hr::unseen_by_user(matrix_);
        std::vector<double> seconds;
        for (const hr::json& user : job.find("users")->as_array()) {
            const hr::user_index index(static_cast<std::uint32_t>(user.as_integer()));
            const hr::stopwatch watch;
            const auto ranking = served_->recommend(index, n, filter);
            seconds.push_back(watch.seconds());
        }
        std::ranges::sort(seconds);
        hr::json answer;
        answer["seconds"] = seconds[seconds.size() / 2];
        answer["p99"] = seconds[seconds.size() * 99 / 100];
        return answer;
    }

    hr::json similar_all(const hr::json& job) {
        const std::size_t n = count(job, "n", 10);
        const auto all = [&](const auto& model) {
            if constexpr (requires { model.similar_items_all(n, hr::unfiltered{}, where(job)); }) {
                return model.similar_items_all(n, hr::unfiltered{}, where(job));
            } else {
                std::vector<hr::ranking<hr::item_index>> rankings(model.item_count());
                where(job).threads().for_chunks(
                    rankings.size(), 16, [&](std::size_t begin, std::size_t end, std::size_t) {
                        for (std::size_t item = begin; item < end; ++item)
                            rankings[item] = model.similar_items(
                                hr::item_index(static_cast<std::uint32_t>(item)), n);
                    });
                return rankings;
            }
        };
        return timed([&] { return all(*served_); });
    }

    /// Finds the neighbours of every item; as in implicit, the matrix stays with the caller.
    hr::json knn(const hr::json& job) {
        return timed([&] {
            hr::item_knn model{{.neighbors = count(job, "neighbors", 20)}};
            model.fit(matrix_.view(), where(job));
            return model;
        });
    }

    /// The same with the matrix given away; for the peak memory of a process of its own.
    hr::json knn_once(const hr::json& job) {
        hr::item_knn model{{.neighbors = count(job, "neighbors", 20)}};
        model.fit(std::move(matrix_), where(job));
        hr::json answer;
        answer["peak_bytes"] = hb::peak_memory();
        return answer;
    }

    hr::json bm25(const hr::json& job) {
        return timed([&] { return hr::bm25{}(matrix_, where(job)); });
    }

    /// What weighting holds at its peak beyond what was there before, and what it makes.
    hr::json bm25_memory(const hr::json& job) {
        const hr::execution execution = where(job);
        const std::size_t before = hb::memory_now();
        hb::reset_peak_memory();
        const hr::user_items weighted = hr::bm25{}(matrix_.view(), execution);
        hr::json answer;
        answer["extra_bytes"] = hb::peak_memory() - before;
        answer["matrix_bytes"] = weighted.offsets().size_bytes() + weighted.columns().size_bytes() +
                                 std::as_const(weighted).values().size_bytes();
        return answer;
    }

    hr::json read_csv(const hr::json& job) {
        const std::string path = text(job, "path");
        const hr::execution execution = where(job);
        return timed([&] {
            return hr::read_interactions(
                path, {.user = "user", .item = "item", .weight = "rating", .time = "timestamp"},
                execution);
        });
    }

    hr::user_items matrix_;
    std::optional<hr::implicit_als<hr::exact>> served_;
    std::optional<hb::bpr_contest> contest_;
};

} // namespace

int main() {
    jobs worker;
    hb::serve(worker, jobs::table());
}
