// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/ridge.hpp>

#include <doctest/doctest.h>

#include "learning.hpp"

#include <limits>
#include <span>
#include <stop_token>
#include <vector>

using namespace hybrec;
using namespace learning;

static_assert(blend_learner<ridge>);

namespace {

/// A feature of the user, and one of the item.
struct two_features {
    static std::size_t size() { return 2; }
    template <class Request>
    void operator()(const Request& who, item_index item, std::span<float> out) const {
        out[0] = static_cast<float>(who.user->value() % 3) - 1;
        out[1] = static_cast<float>(item.value() % 5) / 4;
    }
};

} // namespace

TEST_CASE("ridge solves its normal equations") {
    const auto lists = random_lists(raw_lists{3});
    for (const double regularization : {0.0, 1.0, 100.0})
        for (const bool intercept : {true, false})
            check_weights(
                ridge{{.regularization = regularization, .intercept = intercept}}.learn(lists),
                ridge_by_definition(lists, regularization, intercept));

    SUBCASE("by hand: labels 2·x + 1") {
        raw_lists line{1};
        add(line, {{0, 1, 2, 3}}, {1, 3, 5, 7});
        const auto blend = ridge{{.regularization = 0}}.learn(line);
        CHECK(blend.weights()[0] == doctest::Approx(2));
        CHECK(blend.intercept() == doctest::Approx(1));
        // Σ(x − 1.5)² = 5 and Σ(x − 1.5)(y − 4) = 10: 10/(5 + 5) = 1, and 4 − 1.5 is left.
        const auto held_back = ridge{{.regularization = 5}}.learn(line);
        CHECK(held_back.weights()[0] == doctest::Approx(1));
        CHECK(held_back.intercept() == doctest::Approx(2.5));
    }
    SUBCASE("the blend normalizes as the lists did") {
        const auto normalized = random_lists(labelled_lists<z_score>{3});
        check_weights(ridge{}.learn(normalized), ridge_by_definition(normalized, 1));
    }
    SUBCASE("feature-weighted linear stacking is ridge over products") {
        labelled_lists<as_is, two_features> products{3};
        for (std::size_t list = 0; list < 30; ++list) {
            const auto columns = tables::random_columns(3, 30, list, 0.2, 40);
            add(products, columns, labels_of(columns, {0.5, -0.2, 0.3}, list), list);
        }
        REQUIRE(products.width() == 9);
        // Row 7 of list 1: user feature 0, item 7's is 0.5.
        const auto one = products.row(products.offsets()[1] + 7);
        CHECK(one[4] == 0);
        CHECK(one[5] == 0.5F * one[3]);
        const auto blend = ridge{}.learn(products);
        check_weights(blend, ridge_by_definition(products, 1));

        // What it scores is Σ vₖⱼ·fⱼ·gₖ.
        const tables::columns columns{{0.5F, 1}, {2, 1}, {-1, 3}};
        auto table = tables::table(columns);
        linear_blend<as_is, two_features>::workspace memory;
        std::vector<float> out(2);
        blend.combine(request<>{user_index{2}}, table, out, memory);
        for (std::size_t row = 0; row < 2; ++row) {
            double expected = static_cast<double>(blend.intercept());
            for (std::size_t k = 0; k < 3; ++k) {
                const auto v = [&](std::size_t j) {
                    return static_cast<double>(blend.weights()[3 * k + j]);
                };
                expected += static_cast<double>(columns[k][row]) *
                            (v(0) + v(1) * 1 + v(2) * static_cast<double>(row) / 4);
            }
            CHECK(static_cast<double>(out[row]) == doctest::Approx(expected).epsilon(1e-5));
        }
    }
    SUBCASE("with f₀ alone it is linear stacking") {
        struct none : no_features {};
        const auto plain = ridge{}.learn(lists);
        const auto weighted = ridge{}.learn(random_lists(labelled_lists<as_is, none>{3}));
        for (std::size_t k = 0; k < 3; ++k)
            CHECK(weighted.weights()[k] == plain.weights()[k]);
        CHECK(weighted.intercept() == plain.intercept());
    }
    SUBCASE("the order of a list does not show") {
        raw_lists straight{3}, turned{3};
        for (std::size_t list = 0; list < 5; ++list) {
            const auto columns = tables::random_columns(3, 40, list, 0.2, 40);
            const auto labels = labels_of(columns, {1, 0, 1}, list);
            const auto other = tables::shuffle(columns, list + 9);
            std::vector<float> turned_labels;
            for (const std::size_t row : other.order)
                turned_labels.push_back(labels[row]);
            add(straight, columns, labels);
            add(turned, other.scores, turned_labels, 0, other.items);
        }
        CHECK(ridge{}.learn(straight) == ridge{}.learn(turned));
    }
    SUBCASE("constant and collinear scores") {
        raw_lists same{3};
        add(same, {{1, 2, 3, 5}, {4, 4, 4, 4}, {2, 4, 6, 10}}, {1, 0, 1, 1});
        const auto blend = ridge{}.learn(same);
        check_weights(blend, ridge_by_definition(same, 1));
        CHECK(blend.weights()[1] == 0);
        CHECK_THROWS_WITH_AS((void)ridge{{.regularization = 0}}.learn(same),
                             doctest::Contains("component 1 are constant or a combination"),
                             numeric_error);
        raw_lists twins{2};
        add(twins, {{0.1F, 0.7F, 0.3F}, {0.1F, 0.7F, 0.3F}}, {1, 0, 1});
        CHECK_THROWS_WITH_AS((void)ridge{{.regularization = 0}}.learn(twins),
                             doctest::Contains("component 1"), numeric_error);
        CHECK(ridge{}.learn(twins).weights()[0] ==
              doctest::Approx(ridge{}.learn(twins).weights()[1]));
    }
    SUBCASE("nothing to learn from, bad options, a stop") {
        CHECK_THROWS_WITH_AS((void)ridge{}.learn(raw_lists{2}),
                             "ridge: there are no labelled rows to learn from", data_error);
        CHECK_THROWS_AS((void)ridge{{.regularization = -1}}, option_error);
        CHECK_THROWS_AS((void)ridge{{.regularization = std::numeric_limits<double>::quiet_NaN()}},
                        option_error);
        std::stop_source source;
        source.request_stop();
        CHECK_THROWS_AS((void)ridge{}.learn(lists, execution{.stop = source.get_token()}),
                        cancelled);
    }
    SUBCASE("one, two, three threads") { check_threads(ridge{}, long_lists()); }
}
