// SPDX-License-Identifier: MIT
/// @file
/// The library's models through archives: round trips, and damage.
#include <hybrec/io/archive.hpp>

#include <hybrec/baseline/decayed_popularity.hpp>
#include <hybrec/baseline/popularity.hpp>
#include <hybrec/baseline/random_baseline.hpp>
#include <hybrec/baseline/segmented_popularity.hpp>
#include <hybrec/core/for_each_type.hpp>
#include <hybrec/data/synthetic.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/factorization/bpr/bpr.hpp>
#include <hybrec/factorization/bpr/warp.hpp>
#include <hybrec/factorization/explicit_als/explicit_als.hpp>
#include <hybrec/factorization/feature_als/feature_als.hpp>
#include <hybrec/factorization/logistic_mf/logistic_mf.hpp>
#include <hybrec/factorization/svd/pure_svd.hpp>
#include <hybrec/hybrid.hpp>
#include <hybrec/linear.hpp>
#include <hybrec/neighbors/item_knn.hpp>
#include <hybrec/neighbors/user_knn.hpp>
#include <hybrec/neural/models/deep_fm.hpp>
#include <hybrec/neural/models/deep_hybrid_net.hpp>
#include <hybrec/neural/models/feature_combination_net.hpp>
#include <hybrec/neural/models/recommender_net.hpp>
#include <hybrec/neural/models/wide_and_deep.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

using namespace hybrec;
namespace fs = std::filesystem;

namespace {

struct temporary_file {
    fs::path path = fs::temp_directory_path() /
                    ("hybrec_models_" + std::to_string(::getpid()) + ".safetensors");
    ~temporary_file() { fs::remove(path); }

    [[nodiscard]] std::vector<char> bytes() const {
        std::ifstream in{path, std::ios::binary};
        return {std::istreambuf_iterator<char>{in}, {}};
    }
    void write(const std::vector<char>& content) const {
        std::ofstream out{path, std::ios::binary};
        out.write(content.data(), static_cast<std::streamsize>(content.size()));
    }
};

/// Writes what a model saves, each number and the first value of each tensor as `replace` has it.
template <class Replace>
struct changing_writer {
    archive_output& archive;
    Replace& replace;

    void write_text(std::string_view name, std::string_view value) {
        archive.write_text(name, value);
    }
    void write_integer(std::string_view name, std::int64_t value) {
        archive.write_integer(name, replace(name, value));
    }
    void write_real(std::string_view name, double value) { archive.write_real(name, value); }
    template <class T>
    void write_tensor(std::string_view name, std::span<const T> values, tensor_shape shape) {
        std::vector<T> copy{values.begin(), values.end()};
        if (!copy.empty())
            copy[0] = static_cast<T>(replace(name, copy[0]));
        archive.write_tensor(name, std::span<const T>{copy}, shape);
    }
};
template <class Replace>
changing_writer(archive_output&, Replace&) -> changing_writer<Replace>;

} // namespace

TEST_CASE("every kind of implicit_als comes back equal, and recommends the same") {
    const auto shop = make_synthetic_catalogue({.users = 60, .items = 40, .mean_interactions = 8});
    const temporary_file file;
    for_each_type<exact, conjugate_gradient, subspace>([&]<class Solver>() {
        for_each_type<hu_koren_volinsky, observed_weight, python_implicit>([&]<class Confidence>() {
            for_each_type<float, double>([&]<class Value>() {
                using model_type = implicit_als<Solver, Confidence, Value>;
                static_assert(archivable<model_type>);
                model_type model{{.factors = 5,
                                  .regularization = 0.1 + 0.2, // has no short decimal form
                                  .iterations = 2,
                                  .keep_history = std::same_as<Value, float>}};
                model.fit(shop.log.matrix);
                save(file.path, model, shop.log.users, shop.log.items);
                const auto [loaded, users, items] = load<model_type>(file.path);
                CHECK(loaded == model);
                CHECK(users == shop.log.users);
                CHECK(items == shop.log.items);
                for (std::size_t user = 0; user < 60; ++user)
                    CHECK(loaded.recommend(user_index(user), 5) ==
                          model.recommend(user_index(user), 5));
                CHECK(loaded.fold_in(std::vector{item_index{3}}) ==
                      model.fold_in(std::vector{item_index{3}}));
                CHECK((loaded.history() != nullptr) == std::same_as<Value, float>);
            });
        });
    });
    CHECK_THROWS_WITH_AS((void)load<implicit_als<>>(file.path),
                         doctest::Contains("implicit_als<subspace,python_implicit,double>"),
                         archive_error);
    CHECK_THROWS_AS(save(file.path, implicit_als<>{}), not_fitted_error);
}

TEST_CASE("popularity comes back equal") {
    const auto shop = make_synthetic_catalogue({.users = 60, .items = 40, .mean_interactions = 8});
    const temporary_file file;
    popularity model{{.weighted = true}};
    model.fit(shop.log.matrix);
    save(file.path, model, shop.log.users, shop.log.items);
    const auto [loaded, users, items] = load<popularity>(file.path);
    CHECK(loaded == model);
    CHECK(loaded.recommend(10) == model.recommend(10));
    CHECK(users.size() == 60);
}

TEST_CASE("neighbourhood models and baselines come back equal, and recommend the same") {
    const auto shop = make_synthetic_catalogue({.users = 60, .items = 40, .mean_interactions = 8});
    const temporary_file file;
    const auto round_trip = [&]<class Model>(const Model& model) {
        save(file.path, model, shop.log.users, shop.log.items);
        const auto loaded = load<Model>(file.path).model;
        CHECK(loaded == model);
        for (std::size_t user = 0; user < 60; ++user)
            CHECK(loaded.recommend(user_index(user), 5) == model.recommend(user_index(user), 5));
        if constexpr (foldable<Model>)
            CHECK(loaded.recommend(loaded.fold_in(std::vector{item_index{3}}), 5) ==
                  model.recommend(model.fold_in(std::vector{item_index{3}}), 5));
    };
    for_each_type<cosine, asymmetric_cosine, jaccard>([&]<class Similarity>() {
        Similarity similarity;
        similarity.shrinkage = 0.1 + 0.2;
        item_knn<Similarity> items{{.neighbors = 5,
                                    .side = neighbors_of::source,
                                    .normalize = true,
                                    .center = true,
                                    .memory_budget = 1 << 30},
                                   similarity};
        CHECK_THROWS_AS(save(file.path, items), not_fitted_error);
        items.fit(shop.log.matrix);
        round_trip(items);
        user_knn<Similarity> users{{.neighbors = 5, .memory_budget = 1 << 30}, similarity};
        CHECK_THROWS_AS(save(file.path, users), not_fitted_error);
        users.fit(shop.log.matrix);
        round_trip(users);
    });
    CHECK_THROWS_AS((void)load<user_knn<cosine>>(file.path), archive_error);

    std::vector<std::uint32_t> segments(60);
    for (std::size_t user = 0; user < 60; ++user)
        segments[user] = static_cast<std::uint32_t>(user % 3);
    segmented_popularity segmented{{.weighted = true}};
    segmented.fit(shop.log.matrix, segments);
    round_trip(segmented);
    decayed_popularity decayed{{.half_life = 1e6, .now = unix_seconds{1'700'000'000}}};
    interaction_log timed;
    timed.events = shop.log.events;
    timed.matrix = shop.log.matrix;
    timed.has_times = true;
    decayed.fit(timed);
    round_trip(decayed);
    random_baseline random{{.seed = 5}};
    random.fit(shop.log.matrix);
    round_trip(random);
}

TEST_CASE_TEMPLATE("linear models and PureSVD come back equal, and recommend the same", Model, ease,
                   gf_cf, slim, random_walk, pure_svd) {
    const auto shop = make_synthetic_catalogue({.users = 60, .items = 40, .mean_interactions = 8});
    const temporary_file file;
    CHECK_THROWS_AS(save(file.path, Model{}), not_fitted_error);
    Model model;
    model.fit(shop.log.matrix);
    save(file.path, model, shop.log.users, shop.log.items);
    const auto [loaded, users, items] = load<Model>(file.path);
    CHECK(loaded == model);
    CHECK(users == shop.log.users);
    CHECK(loaded.options() == model.options());
    for (std::size_t user = 0; user < 60; ++user) {
        CHECK(loaded.recommend(user_index(user), 10) == model.recommend(user_index(user), 10));
        CHECK(loaded.explain(user_index(user), item_index{1}).parts ==
              model.explain(user_index(user), item_index{1}).parts);
    }
    CHECK_THROWS_AS((void)load<popularity>(file.path), archive_error);
}

TEST_CASE_TEMPLATE("other factorizations come back equal", Model, bpr, warp, explicit_als,
                   logistic_mf, feature_als<>) {
    const auto shop = make_synthetic_catalogue({.users = 60, .items = 40, .mean_interactions = 8});
    const temporary_file file;
    Model model{};
    CHECK_THROWS_AS(save(file.path, model), not_fitted_error);
    if constexpr (std::same_as<Model, feature_als<>>) {
        const auto features = build_csr<item_index, feature_index, float>(
            std::vector<triplet<item_index, feature_index, float>>{
                {item_index{0}, feature_index{1}, 1.0F}, {item_index{5}, feature_index{0}, 2.0F}},
            {.row_count = shop.log.matrix.column_count(), .column_count = 2});
        model.fit(shop.log.matrix, user_features{}, features);
    } else {
        model.fit(shop.log.matrix);
    }
    save(file.path, model, shop.log.users, shop.log.items);
    const auto [loaded, users, items] = load<Model>(file.path);
    CHECK(loaded == model);
    for (std::size_t user = 0; user < 60; ++user)
        CHECK(loaded.recommend(user_index(user), 5) == model.recommend(user_index(user), 5));
    CHECK(loaded.fold_in(std::vector{item_index{3}}) == model.fold_in(std::vector{item_index{3}}));
    CHECK_THROWS_AS((void)load<popularity>(file.path), archive_error);
}

TEST_CASE("recommender_net comes back equal, and what is no network is refused") {
    const auto shop = make_synthetic_catalogue({.users = 60, .items = 40, .mean_interactions = 8});
    const temporary_file file;
    neural::recommender_net model{{.embedding = 5, .negatives = 2, .labels = {0, 1}}};
    CHECK_THROWS_AS(save(file.path, model), not_fitted_error);
    model.fit(shop.log.matrix, {.epochs = 2});
    save(file.path, model, shop.log.users, shop.log.items);
    const auto [loaded, users, items] = load<neural::recommender_net>(file.path);
    CHECK(loaded == model);
    CHECK(loaded.labels() == model.labels());
    for (std::size_t user = 0; user < 60; ++user)
        CHECK(loaded.recommend(user_index(user), 5) == model.recommend(user_index(user), 5));
    CHECK(loaded.fold_in(std::vector{item_index{3}}) == model.fold_in(std::vector{item_index{3}}));
    CHECK_THROWS_AS((void)load<popularity>(file.path), archive_error);
    // Fields that fit no network.
    const auto refuses = [&](std::int64_t embedding, std::vector<float> numbers) {
        archive_output archive{neural::recommender_net::type_name()};
        archive.write_integer("embedding", embedding);
        for (const char* field : {"negatives", "fold_in_steps", "memory_budget", "seed"})
            archive.write_integer(field, 1);
        archive.write_real("initial_deviation", 0.05);
        archive.write_real("fold_in_rate", 0.02);
        archive.write_tensor("numbers", std::span<const float>{numbers}, {numbers.size(), 1});
        const std::vector<float> table{1, 2, 3, 4, 5};
        archive.write_tensor("user_embeddings", std::span<const float>{table}, {1, 5});
        archive.write_tensor("item_embeddings", std::span<const float>{table}, {1, 5});
        archive.write(file.path);
        try {
            (void)load_model<neural::recommender_net>(file.path);
        } catch (const archive_error&) {
            return true;
        }
        return false;
    };
    CHECK(!refuses(5, {0, 0, 0, 1, 1, 0}));
    CHECK(refuses(6, {0, 0, 0, 1, 1, 0}));
    CHECK(refuses(0, {0, 0, 0, 1, 1, 0}));
    CHECK(refuses(5, {0, 0, 0, 1, 1}));
    CHECK(refuses(5, {0, 0, 2, 1, 1, 0}));
    CHECK(refuses(5, {1, 0, 0, 1, 1, 0}));
}

TEST_CASE("networks over features come back equal, and what is no such network is refused") {
    const auto shop = make_synthetic_catalogue({.users = 60, .items = 40, .mean_interactions = 8});
    const temporary_file file;
    coo_matrix<item_index, feature_index, float> genres;
    for (std::size_t item = 0; item < 40; ++item)
        for (const std::size_t genre : shop.item_genres[item])
            genres.add(item_index(item), feature_index(genre), 1.0F);
    const neural::feature_fields fields{
        .items = {build_csr<item_index, feature_index, float>(genres, {.row_count = 40})}};
    for_each_type<neural::deep_fm, neural::wide_and_deep, neural::feature_combination_net,
                  neural::deep_hybrid_net>([&]<class Model>() {
        Model model{{.embedding = 8, .seed = 0xFEDCBA9876543210}};
        CHECK_THROWS_AS(save(file.path, model), not_fitted_error);
        model.fit(shop.log.matrix, fields, {.epochs = 1});
        save(file.path, model, shop.log.users, shop.log.items);
        const auto [loaded, users, items] = load<Model>(file.path);
        CHECK(loaded == model);
        for (std::size_t user = 0; user < 60; ++user)
            CHECK(loaded.recommend(user_index(user), 5) == model.recommend(user_index(user), 5));
        CHECK_THROWS_AS((void)load<popularity>(file.path), archive_error);
        auto bytes = file.bytes();
        bytes[bytes.size() - 9] ^= 1;
        file.write(bytes);
        CHECK_THROWS_AS((void)load<Model>(file.path), archive_error);
    });
    // Fields that fit no network.
    neural::deep_fm model{{.embedding = 8}};
    model.fit(shop.log.matrix, {.epochs = 1});
    const auto refuses = [&](auto&& change) {
        archive_output archive{neural::deep_fm::type_name()};
        changing_writer writer{archive, change};
        model.save(writer);
        archive.write(file.path);
        try {
            (void)load_model<neural::deep_fm>(file.path);
        } catch (const archive_error&) {
            return true;
        }
        return false;
    };
    const auto setting = [](std::string_view field, auto to) {
        return [field, to](std::string_view name, auto value) {
            return name == field ? static_cast<decltype(value)>(to) : value;
        };
    };
    CHECK(!refuses(setting("none", 0)));
    CHECK(refuses(setting("embedding", 7)));
    CHECK(refuses(setting("embedding", 0)));
    CHECK(refuses(setting("hidden_1", 31)));
    CHECK(refuses(setting("users", 61)));
    CHECK(refuses(setting("item_fields", 1)));
    CHECK(refuses(setting("labels", std::numeric_limits<float>::quiet_NaN())));
    CHECK(refuses(setting("parameter_0", std::numeric_limits<float>::infinity())));
}

TEST_CASE("combiners and weights of hybrids come back equal") {
    const temporary_file file;
    const auto round_trip = [&](const auto& value) {
        save(file.path, value);
        CHECK(load_model<std::remove_cvref_t<decltype(value)>>(file.path) == value);
    };
    round_trip(weighted_sum<z_score>{{0.1F, 0.2F, 0.4F}, missing::renormalize});
    round_trip(source_boost{weighted_sum<min_max>{{1, 2}}, 0.3F});
    round_trip(linear_blend<sigmoid>{{0.1F, -0.2F}, 0.3F, sigmoid{{.scale = 0.1 + 0.2}}});
    round_trip(comb_mnz<percentile_rank>{});
    round_trip(reciprocal_rank_fusion{{.k = 0.1 + 0.2}});
    round_trip(borda{});
    round_trip(lexicographic{{.step = 0.1}});
    const auto taught = [](auto learner) {
        for (int round = 0; round < 7; ++round)
            learner.rewards(std::vector{0.1 * round, 0.3, 1.0}, round % 3 == 0 ? 0b101U : 0b111U);
        return learner;
    };
    round_trip(taught(hedge{3, {.rate = 0.1 + 0.2}}));
    round_trip(taught(fixed_share{3}));
    round_trip(taught(multiplicative_weights{3, {.window = 4}}));
    exp3 bandit{2};
    bandit.reward(1, 0.7);
    round_trip(bandit);
    reward_log log{2};
    log.append(std::vector{0.25, 0.75}, 0b10, 7);
    round_trip(log);
}

TEST_CASE("no truncated or flipped archive of a model is ever loaded") {
    const auto shop =
        make_synthetic_catalogue({.users = 6, .items = 12, .tastes = 2, .mean_interactions = 3});
    const temporary_file file;
    implicit_als model{{.factors = 2, .iterations = 1}};
    model.fit(shop.log.matrix);
    save(file.path, model, shop.log.users, shop.log.items);
    const std::vector<char> whole = file.bytes();
    REQUIRE(whole.size() > 500);
    std::size_t refused = 0;
    const auto attempt = [&](const std::vector<char>& content) {
        file.write(content);
        try {
            (void)load<implicit_als<>>(file.path);
            FAIL("a damaged archive was loaded");
        } catch (const archive_error&) {
            ++refused;
        }
    };
    std::size_t attempts = 0;
    for (std::size_t size = 0; size < whole.size(); size += 7, ++attempts)
        attempt({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
    for (std::size_t at = 0; at < whole.size(); ++at, ++attempts) {
        auto flipped = whole;
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << (at % 8)));
        attempt(flipped);
    }
    CHECK(refused == attempts);
    file.write(whole);
    CHECK(load<implicit_als<>>(file.path).model == model);
}

TEST_CASE("a blend comes back with its parts, also as a part of another") {
    const auto data = make_synthetic_catalogue({.users = 60, .items = 90, .mean_interactions = 12});
    implicit_als<> als{{.factors = 8, .iterations = 2}};
    als.fit(data.log.matrix);
    item_knn<> knn{{.neighbors = 10}};
    knn.fit(data.log.matrix);
    popularity popular;
    popular.fit(data.log.matrix);
    const blend inner{weighted_sum<>{0.75F, 0.25F}, als, popular};
    const blend outer{linear_blend<min_max>{{0.5F, -0.25F}, 0.125F}, inner, knn};
    using outer_type = std::remove_const_t<decltype(outer)>;
    static_assert(archivable<outer_type>);
    static_assert(!archivable<blend<weighted_sum<>, std::reference_wrapper<popularity>>>,
                  "what is shared belongs to somebody else");
    CHECK(outer_type::type_name() == "blend<linear_blend<min_max>,blend<weighted_sum<z_score>," +
                                         als.type_name() + ",popularity>,item_knn<cosine>>");

    const temporary_file file;
    save(file.path, outer);
    const auto back = load_model<outer_type>(file.path);
    for (std::uint32_t user = 0; user < 60; ++user)
        CHECK(back.recommend(user_index{user}, 10) == outer.recommend(user_index{user}, 10));
    CHECK_THROWS_AS((void)load_model<std::remove_const_t<decltype(inner)>>(file.path),
                    archive_error);

    // Every hundredth byte damaged: refused, and never a crash.
    auto bytes = file.bytes();
    for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 100) {
        auto damaged = bytes;
        damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
        file.write(damaged);
        CHECK_THROWS_AS((void)load_model<outer_type>(file.path), archive_error);
    }
}

TEST_CASE("io: conjugate_gradient is read from archives with and without rounded_steps") {
    const temporary_file file;
    const auto loaded = [&](auto&& write) {
        archive_output out{"solver"};
        write(out);
        out.write(file.path);
        archive_input in{file.path};
        return conjugate_gradient::load(in);
    };
    const conjugate_gradient solver{.steps = 5, .rounded_steps = 7};
    CHECK(loaded([&](archive_output& out) { solver.save(out); }) == solver);
    CHECK(loaded([](archive_output& out) { out.write_integer("steps", 5); }) ==
          conjugate_gradient{.steps = 5});
    CHECK_THROWS_AS(loaded([](archive_output& out) {
                        out.write_integer("steps", 5);
                        out.write_integer("rounded_steps", -1);
                    }),
                    archive_error);
}
