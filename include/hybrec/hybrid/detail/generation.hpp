// SPDX-License-Identifier: MIT
/// @file
/// The first stage of a pipeline: what there is to choose from.
#pragma once

#include <hybrec/concepts/engine.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/candidates.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/candidate_list.hpp>
#include <hybrec/hybrid/detail/fit_parts.hpp>
#include <hybrec/hybrid/detail/parts.hpp>
#include <hybrec/hybrid/detail/pipeline_admission.hpp>
#include <hybrec/retrieval/guarded_call.hpp>
#include <hybrec/retrieval/list_checker.hpp>
#include <hybrec/sparse/kept_matrix.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Generators with budgets, and what users have seen, which is not proposed to them.
template <class... Models>
class generation {
  public:
    /// After a call `lists` holds what was proposed.
    struct workspace {
        candidate_list lists;
        list_checker checker;
        std::vector<item_index> history;
    };

    explicit generation(generator<Models>... generators) : generators_{std::move(generators)...} {}

    [[nodiscard]] const auto& generators() const noexcept { return generators_; }

    void fit_parts(const user_items& train, fitting& fitting) {
        std::apply([&](auto&... each) { (fitting.fit(model_of(each.model), train), ...); },
                   generators_);
        exclude(train);
    }

    /// Never proposes what a user has in `seen`.
    template <user_item_source Matrix>
    void exclude(Matrix&& seen) {
        seen_ = keep_matrix<float>(std::forward<Matrix>(seen));
    }

    template <class Self, class Visitor>
    static void visit_parts(Self& self, const Visitor& visitor) {
        std::apply([&](auto&... each) { (visitor(model_of(each.model)), ...); }, self.generators_);
        visitor(self.seen_);
    }

    /// Asks every generator for as many items as its budget says. With an observer, one that fails costs
    /// its own list only; without, its exception passes through.
    template <class Context, class Filter, class HardFilters, class Observer>
    void run(const request<Context>& who, const Filter& filter, const HardFilters& rules,
             workspace& memory, Observer& observer) const {
        memory.history.clear();
        for (const weighted_item& entry : who.history)
            memory.history.push_back(entry.index);
        std::sort(memory.history.begin(), memory.history.end());
        const pipeline_admission<Filter, request<Context>, HardFilters> admission{
            {filter, who}, seen_by(who), memory.history, rules};

        const std::size_t items = most_items(generators_);
        const auto budget = [&]<std::size_t Place>() {
            return std::min(std::get<Place>(generators_).budget, items);
        };
        const auto propose = [&]<std::size_t Place>() {
            const auto& model = model_of(std::get<Place>(generators_));
            const std::span<scored_item> list =
                memory.lists.buffer(budget.template operator()<Place>());
            const auto ask = [&](std::span<scored_item> out) {
                return out.empty() ? 0 : ask_for_items(model, who, out, admission);
            };
            if constexpr (std::is_same_v<Observer, no_observer>)
                memory.lists.take(memory.checker.check(list.first(ask(list)), items).size);
            else
                memory.lists.take(guarded_call(Place, ask, list, items, memory.checker, observer));
        };
        [&]<std::size_t... Place>(std::index_sequence<Place...>) {
            memory.lists.begin(items, (budget.template operator()<Place>() + ...));
            (propose.template operator()<Place>(), ...);
        }
        (std::index_sequence_for<Models...>{});
    }

  private:
    template <class Context>
    [[nodiscard]] std::span<const item_index> seen_by(const request<Context>& who) const noexcept {
        if (!seen_ || !who.user || who.user->value() >= seen_->row_count())
            return {};
        return seen_->row(*who.user).columns();
    }

    std::tuple<generator<Models>...> generators_;
    kept_interactions<float> seen_; // null: nothing
};

} // namespace hybrec::detail
