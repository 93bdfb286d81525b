// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/evaluate_fold_in.hpp>

#include "items.hpp"

#include <hybrec/data/split_held_out_users.hpp>
#include <hybrec/data/synthetic.hpp>
#include <hybrec/evaluation/evaluate.hpp>
#include <hybrec/evaluation/ndcg.hpp>
#include <hybrec/evaluation/recall.hpp>
#include <hybrec/factorization/als/als.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace hr = hybrec;

namespace {

/// Recommends what follows the items of the history.
struct next_item {
    std::size_t items = 6;

    [[nodiscard]] std::size_t user_count() const { return 0; }
    [[nodiscard]] std::size_t item_count() const { return items; }
    template <hr::item_history History>
    [[nodiscard]] std::vector<std::uint32_t> fold_in(const History& history) const {
        std::vector<std::uint32_t> seen;
        for (const auto& entry : history)
            if constexpr (requires { entry.index; })
                seen.push_back(entry.index.value());
            else
                seen.push_back(entry.value());
        return seen;
    }
    template <class Filter = hr::unfiltered>
    [[nodiscard]] hr::ranking<hr::item_index> recommend(const std::vector<std::uint32_t>& seen,
                                                        std::size_t n,
                                                        const Filter& filter = {}) const {
        hr::ranking<hr::item_index> result;
        for (const std::uint32_t item : seen)
            if (const hr::item_index next{item + 1};
                next.value() < items && filter.admits(next) && result.size() < n)
                result.push_back({next, 1.0F});
        return result;
    }
};

} // namespace

TEST_CASE("evaluate_fold_in folds each history in and judges what is recommended beyond it") {
    const auto history = toy::matrix({{0, 3}, {1, 2}, {}, {4}}, 6);
    const auto test = toy::matrix({{1, 5}, {3}, {0}, {}}, 6);
    for (const std::size_t threads : {1U, 2U, 3U}) {
        hr::thread_pool pool{threads};
        const auto report = hr::evaluate_fold_in({.pool = &pool}, next_item{}, history, test,
                                                 hr::recall{2}, hr::ndcg{2});
        // User 0: 1, 4; user 1: 3 (2 is in the history); user 2 has no history; user 3 is skipped.
        CHECK(report.users_evaluated() == 3);
        CHECK(report.users_skipped() == 1);
        CHECK(report.users_without_recommendations() == 1);
        CHECK(report.values("recall@2")[0] == doctest::Approx(0.5));
        CHECK(report.values("recall@2")[1] == 1);
        CHECK(report.values("recall@2")[2] == 0);
    }
    CHECK_THROWS_AS((void)hr::evaluate_fold_in(next_item{7}, history, test, hr::recall{2}),
                    hr::shape_error);
    CHECK_THROWS_AS(
        (void)hr::evaluate_fold_in(next_item{}, history, toy::matrix({{0}}, 6), hr::recall{2}),
        hr::shape_error);
}

TEST_CASE("a model folds unseen users in nearly as well as users it was trained on") {
    const auto shop = hr::make_synthetic_catalogue({.users = 300, .items = 120});
    const auto split = hr::split_held_out_users(shop.log, {.user_fraction = 0.3});
    hr::implicit_als model{{.factors = 8, .regularization = 10}};
    model.fit(split.train);
    const auto report = hr::evaluate_fold_in(model, split.history, split.test, hr::ndcg{10});
    CHECK(report.users_evaluated() == split.users.size());
    CHECK(report.users_without_recommendations() == 0);
    // The same histories as rows of users that the model knows give the same rankings.
    auto grown = model;
    const auto first = grown.append_users(split.history);
    for (const hr::user_index user : split.users) {
        const auto row = split.history.row(user);
        CHECK(model.recommend(model.fold_in(row), 5, hr::excluding{row}).front().index ==
              grown.recommend(hr::user_index{first.value() + user.value()}, 5, hr::excluding{row})
                  .front()
                  .index);
    }
    CHECK(report.mean("ndcg@10") > 0.1);
}
