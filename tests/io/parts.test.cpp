// SPDX-License-Identifier: MIT
#include <hybrec/io/parts.hpp>

#include "../mentions.hpp"
#include "toy_model.hpp"

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/data/split_random.hpp>
#include <hybrec/data/synthetic.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/hybrid.hpp>
#include <hybrec/neighbors/item_knn.hpp>
#include <hybrec/rerank/embedding_similarity.hpp>
#include <hybrec/rerank/mmr.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

using namespace hybrec;
using test::mentions;
using toy::temporary_folder;

namespace {

const split& small_split() {
    static const split parts = [] {
        const auto data =
            make_synthetic_catalogue({.users = 60, .items = 50, .mean_interactions = 12});
        return split_random(data.log.matrix, {.seed = 3});
    }();
    return parts;
}

/// Three models, and what is made of them, as an application composes it when it starts.
struct shop {
    implicit_als<> als{{.factors = 6, .iterations = 3}};
    item_knn<> knn{{.neighbors = 10}};
    popularity popular{};
    bool night = false; // live data, which a gate looks at

    auto pipeline() {
        return candidates(from(std::ref(als), 20), from(std::ref(popular), 10)) |
               rank(stacking{ridge{}, std::ref(als), std::ref(knn)}) |
               rerank(mmr{embedding_similarity{std::ref(als)}}, 15);
    }
    auto regimes() {
        return switching{when(
                             "at night", [this](const auto&) { return night; }, std::ref(knn)),
                         when("new", history_between{history_lengths{}, 0, 8}, std::ref(als)),
                         otherwise("others", item_knn<>{{.neighbors = 4}})};
    }
    void fit(const user_items& train) {
        als.fit(train);
        knn.fit(train);
        popular.fit(train);
    }
};

template <class Model>
std::vector<ranking<item_index>> lists_of(const Model& model) {
    std::vector<ranking<item_index>> lists;
    for (std::uint32_t user = 0; user < 60; ++user)
        lists.push_back(model.recommend(user_index{user}, 8));
    return lists;
}

/// Saves the parts of one, loads them into another, and wants the same lists.
template <class Model>
void check_round_trip(const Model& saved, Model& loaded) {
    const temporary_folder folder;
    const auto path = folder / "parts.safetensors";
    save_parts(path, saved);
    load_parts(path, loaded);
    CHECK(lists_of(loaded) == lists_of(saved));
}

struct without_parts {};
static_assert(!made_of_parts<without_parts> && !made_of_parts<popularity>);
static_assert(made_of_parts<decltype(shop{}.pipeline())>);
static_assert(made_of_parts<decltype(shop{}.regimes())>);

} // namespace

TEST_CASE("a pipeline whose models are shared comes back with its weights and what was seen") {
    shop open;
    auto engine = open.pipeline();
    engine.fit(small_split().train, small_split().test);
    shop next;
    auto again = next.pipeline();
    check_round_trip(engine, again);
    CHECK(next.als == open.als); // shared by two stages, and still one
    CHECK(again.ranking().ranker().combiner() == engine.ranking().ranker().combiner());
}

TEST_CASE("every kind of hybrid gives its parts away and takes them back") {
    const user_items& train = small_split().train;
    shop open, next;
    open.fit(train);
    SUBCASE("switching, with a gate that has learned") {
        const auto trained = [&](shop& of) {
            return switching{
                when("new", history_between{history_lengths{train}, 0, 8}, std::ref(of.als)),
                otherwise("others", std::ref(of.knn))};
        };
        auto untrained =
            switching{when("new", history_between{history_lengths{}, 0, 8}, std::ref(next.als)),
                      otherwise("others", std::ref(next.knn))};
        check_round_trip(trained(open), untrained);
    }
    SUBCASE("cold_start") {
        const cold_start saved{open.popular, open.knn, open.als, history_lengths{train}};
        cold_start loaded{next.popular, next.knn, next.als, history_lengths{}};
        check_round_trip(saved, loaded);
    }
    SUBCASE("mixed") {
        const mixed saved{interleaving{}, std::ref(open.als), open.knn};
        mixed loaded{interleaving{}, std::ref(next.als), next.knn};
        check_round_trip(saved, loaded);
    }
    SUBCASE("neighbour_hybrid") {
        neighbour_hybrid saved{std::ref(open.als), std::ref(open.als)};
        saved.fit(train);
        neighbour_hybrid loaded{std::ref(next.als), std::ref(next.als)};
        check_round_trip(saved, loaded);
    }
    SUBCASE("fallback") {
        const fallback saved{blend{weighted_sum<>{0.5F, 0.5F}, open.als, open.knn},
                             blend{weighted_sum<>{1.0F}, open.knn}};
        fallback loaded{blend{weighted_sum<>{1.0F, 1.0F}, next.als, next.knn},
                        blend{weighted_sum<>{1.0F}, next.knn}};
        check_round_trip(saved, loaded);
    }
    SUBCASE("weights that follow rewards") {
        blend saved{adaptive_sum{hedge{2}}, std::ref(open.als), std::ref(open.knn)};
        for (int round = 0; round < 20; ++round)
            saved.combiner().rewards(std::vector<double>{0.0, 1.0});
        blend loaded{adaptive_sum{hedge{2}}, std::ref(next.als), std::ref(next.knn)};
        check_round_trip(saved, loaded);
        CHECK(loaded.combiner().learner() == saved.combiner().learner());
    }
}

TEST_CASE("what is code stays as it was composed") {
    shop open;
    auto saved = open.regimes();
    open.fit(small_split().train);
    decltype(saved)::visit_parts(saved, [&]<class Part>(Part& part) {
        if constexpr (std::is_same_v<Part, item_knn<>>)
            part.fit(small_split().train);
    });
    shop next;
    next.night = true;
    auto loaded = next.regimes();
    const temporary_folder folder;
    save_parts(folder / "parts", saved);
    load_parts(folder / "parts", loaded);
    CHECK(loaded.regime_name(loaded.regime_of(request{user_index{0}})) == "at night");
    next.night = false;
    CHECK(lists_of(loaded) == lists_of(saved));
}

TEST_CASE("parts that do not fit are refused, and nothing changes") {
    shop open;
    open.fit(small_split().train);
    const temporary_folder folder;
    const auto path = folder / "parts.safetensors";
    const auto refusal = [&](auto& model) {
        try {
            load_parts(path, model);
        } catch (const archive_error& error) {
            return std::string{error.what()};
        }
        return std::string{};
    };
    shop next;
    const shop untouched;
    save_parts(path, mixed{interleaving{}, std::ref(open.als), std::ref(open.knn)});

    mixed more{interleaving{}, std::ref(next.als), std::ref(next.knn), std::ref(next.popular)};
    CHECK(mentions(refusal(more), "part2.type"));
    mixed fewer{interleaving{}, std::ref(next.als)};
    CHECK(mentions(refusal(fewer), "there are 2; the model that asks has 1"));
    mixed others{interleaving{}, std::ref(next.knn), std::ref(next.als)};
    CHECK(mentions(refusal(others), "part0.type"));
    CHECK(mentions(refusal(others), "expected item_knn"));
    CHECK(next.als == untouched.als);
    CHECK(next.knn == untouched.knn);

    // Another way round: a model is no parts, parts are no model.
    CHECK_THROWS_AS((void)load_model<popularity>(path), archive_error);
    save(path, open.popular);
    CHECK(mentions(refusal(fewer), "expected the parts of a hybrid"));

    // Damage.
    save_parts(path, mixed{interleaving{}, std::ref(open.als), std::ref(open.knn)});
    std::filesystem::resize_file(path, std::filesystem::file_size(path) - 3);
    mixed same{interleaving{}, std::ref(next.als), std::ref(next.knn)};
    CHECK(!refusal(same).empty());
    CHECK(next.als == untouched.als);

    // A part that is not trained is not saved by half.
    CHECK_THROWS_AS(save_parts(path, same), not_fitted_error);
}
