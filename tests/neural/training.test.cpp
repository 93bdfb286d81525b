// SPDX-License-Identifier: MIT
#include <hybrec/neural/training.hpp>

#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <type_traits>

using namespace hybrec;
using neural::training_options;

static_assert(std::is_convertible_v<const user_items&, neural::held_out>);
static_assert(
    !std::is_convertible_v<const csr_matrix<user_index, item_index, double>&, neural::held_out>);
static_assert(
    !std::is_convertible_v<const csr_matrix<item_index, user_index, float>&, neural::held_out>);

TEST_CASE("neural::training_options are checked, and errors name the field") {
    coo_matrix<user_index, item_index, float> entries;
    entries.add(user_index{0}, item_index{0}, 1.0F);
    const user_items matrix = build_csr<user_index, item_index, float>(entries);
    const auto message = [](const training_options& options) -> std::string {
        try {
            validate(options, "net", !options.validation.empty());
        } catch (const option_error& problem) {
            return problem.what();
        }
        return {};
    };
    CHECK(message({}).empty());
    CHECK(message({.validation = matrix, .early_stopping = {.patience = 3}}).empty());
    CHECK(message({.epochs = 0}) == "net: epochs is 0; expected at least 1");
    CHECK(message({.batch = 0}) == "net: batch is 0; expected at least 1");
    CHECK(message({.early_stopping = {.patience = 3}}) ==
          "net: early_stopping.patience is 3; expected 0, as there is no validation");
    CHECK(message({.early_stopping = {.least_improvement = -1}})
              .starts_with("net: early_stopping.least_improvement is -1"));
    CHECK(message({.clip_length = -1}).starts_with("net: clip_length is -1"));
    CHECK(message({.resume = true}) ==
          "net: resume is 1; expected false, as there is no checkpoint");
    CHECK(message({.learning_rate = -1.0}) ==
          "net: learning_rate is -1; expected a finite number of "
          "at least 0 in every epoch");
    CHECK(message({.learning_rate = std::numeric_limits<double>::quiet_NaN()})
              .starts_with("net: learning_rate is nan"));
}

TEST_CASE("neural::held_out is empty unless given") {
    CHECK(neural::held_out{}.empty());
    coo_matrix<user_index, item_index, float> entries;
    entries.add(user_index{1}, item_index{2}, 1.0F);
    const user_items matrix = build_csr<user_index, item_index, float>(entries);
    const neural::held_out held_out = matrix;
    CHECK(!held_out.empty());
    CHECK(held_out.entries().row_count() == 2);
    CHECK(held_out.entries().column_count() == 3);
}
