// SPDX-License-Identifier: MIT
// Checks of explanations.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/hybrid_explanation.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::test {

[[nodiscard]] inline auto about(double value) {
    return doctest::Approx(value).epsilon(1e-5).scale(1);
}

/// Whether the parts and the remainder sum to the score.
inline void check_parts(const explanation<float>& why) {
    auto total = static_cast<double>(why.remainder);
    for (const scored_item& part : why.parts)
        total += static_cast<double>(part.score);
    CHECK(total == about(static_cast<double>(why.score)));
    CHECK(std::ranges::is_sorted(why.parts, ranks_before<item_index, float>));
}

/// Whether parts, components and what may be `besides` them sum to `score`.
inline void check_explained(const hybrid_explanation& why, float score, double besides = 0) {
    CHECK(static_cast<double>(why.score) == about(static_cast<double>(score)));
    check_parts(why);
    double total = 0;
    for (const explanation<float>& component : why.components) {
        check_parts(component);
        total += static_cast<double>(component.score);
    }
    const auto whole = about(static_cast<double>(why.score));
    CHECK((total == whole || total + besides == whole));
}

/// Whether that is so for all users, unknown ones too, and all items of a model that scores.
template <class Model>
void check_scores_explained(const Model& model, double besides = 0) {
    for (std::size_t user = 0; user < model.user_count() + 2; ++user)
        for (std::size_t item = 0; item < model.item_count(); ++item) {
            const item_index one(item);
            float score = -77;
            model.score(user_index(user), {&one, 1}, {&score, 1});
            check_explained(model.explain(user_index(user), one), score, besides);
        }
}

/// Whether it is so for the list that a model recommends, which has `size` items; nothing explains others.
template <class Model>
void check_list_explained(const Model& model, user_index user, std::size_t size) {
    std::vector<float> scores(model.item_count());
    const auto list = model.recommend(user, size);
    CHECK(list.size() == size);
    for (const scored_item& entry : list)
        scores[entry.index.value()] = entry.score;
    for (std::size_t item = 0; item < scores.size(); ++item)
        check_explained(model.explain(user, item_index(item)), scores[item]);
}

/// What item `part` of the history adds; 0 if nothing is said of it.
[[nodiscard]] inline double added_by(const explanation<float>& why, std::uint32_t part) {
    for (const scored_item& each : why.parts)
        if (each.index == item_index{part})
            return static_cast<double>(each.score);
    return 0;
}

} // namespace hybrec::test
