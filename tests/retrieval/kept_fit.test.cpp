// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/kept_fit.hpp>

#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

using namespace hybrec;

namespace {

struct toy_options {
    std::size_t memory_budget = 0;
};

/// Learns how many entries there are; fails where there are five.
class toy_kept_fit : public kept_fit<toy_kept_fit> {
  public:
    explicit toy_kept_fit(toy_options options = {}) : options_{options} {}

    [[nodiscard]] const toy_options& options() const { return options_; }
    [[nodiscard]] std::size_t learned() const { return learned_; }
    [[nodiscard]] const user_items* history() const { return history_.get(); }
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads) const {
        return users + 10 * items + 100 * entries + 0 * threads;
    }
    [[nodiscard]] static std::string type_name() { return "toy"; }

  private:
    friend class kept_fit<toy_kept_fit>;

    [[nodiscard]] toy_kept_fit untrained() const { return toy_kept_fit{options_}; }
    void learn(progress_observer auto& progress, const execution&) {
        progress(progress_event{.phase = "toy", .step = 1, .steps = 1});
        if (history_->entry_count() == 5)
            throw numeric_error{"five"};
        learned_ = history_->entry_count();
    }

    toy_options options_;
    std::size_t learned_ = 0;
    kept_interactions<float> history_;
};

user_items diagonal(std::size_t size) {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t at = 0; at < size; ++at)
        entries.add(user_index(at), item_index(at), 1.0F);
    return build_csr<user_index, item_index, float>(entries);
}

} // namespace

TEST_CASE("kept_fit keeps the matrix and hands it to the model") {
    const user_items matrix = diagonal(3);
    toy_kept_fit model;
    int told = 0;
    model.fit(matrix, [&](const progress_event&) { ++told; });
    CHECK(told == 1);
    CHECK(model.learned() == 3);
    CHECK(*model.history() == matrix);
    user_items moved = diagonal(4);
    const void* const entries = moved.values().data();
    model.fit(std::move(moved), execution{});
    CHECK(model.learned() == 4);
    CHECK(model.history()->values().data() == entries); // without a copy

    // Another value type is converted.
    const auto wide = build_csr<user_index, item_index, double>(
        std::vector<triplet<user_index, item_index, double>>{{user_index{0}, item_index{0}, 2.0}});
    model.fit(wide);
    CHECK(model.history()->values()[0] == 2.0F);
}

TEST_CASE("kept_fit leaves a model as it was when training fails") {
    toy_kept_fit model;
    model.fit(diagonal(3));
    CHECK_THROWS_AS(model.fit(diagonal(5)), numeric_error);
    CHECK_THROWS_AS(model.fit(user_items{2, 2}), data_error);
    CHECK(model.learned() == 3);
    CHECK(model.history()->entry_count() == 3);

    toy_kept_fit small{{.memory_budget = 332}}; // 3 + 10 · 3 + 100 · 3 are too many
    CHECK_THROWS_WITH_AS(small.fit(diagonal(3)),
                         "toy needs about 333 bytes to fit; memory_budget is 332",
                         memory_budget_error);
    CHECK(small.history() == nullptr);
    CHECK_NOTHROW((toy_kept_fit{{.memory_budget = 333}}.fit(diagonal(3))));
}
