// SPDX-License-Identifier: MIT
/// @file
/// The lists of several models shown as one.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/explain_parts.hpp>
#include <hybrec/hybrid/detail/list_scores.hpp>
#include <hybrec/hybrid/detail/parts.hpp>
#include <hybrec/hybrid/hybrid_explanation.hpp>
#include <hybrec/hybrid/merge.hpp>
#include <hybrec/hybrid/request_model.hpp>
#include <hybrec/retrieval/request_admission.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace hybrec {

/// Makes one list of several: `policy(request, lists, out, sources, workspace)`, as the functions of
/// hybrid/merge.hpp do. Models: `interleaving`, `concatenating`, `filling`, `team_drafting`.
template <class Policy, class Request = request<>>
concept merge_policy = requires(const Policy& policy, const Request& who, lists_to_merge lists,
                                std::span<scored_item> out, std::span<std::uint32_t> sources,
                                merge_workspace& memory) {
    { policy(who, lists, out, sources, memory) } -> std::same_as<std::size_t>;
};

/// The lists take turns; see `interleave`.
struct interleaving {
    template <class Request>
    std::size_t operator()(const Request&, lists_to_merge lists, std::span<scored_item> out,
                           std::span<std::uint32_t> sources, merge_workspace& memory) const {
        return interleave(lists, out, sources, memory);
    }
};

/// The lists as blocks, at most so many items of each; see `concatenate`. A list without a quota gets
/// none.
struct concatenating {
    std::vector<std::size_t> quotas;

    template <class Request>
    std::size_t operator()(const Request&, lists_to_merge lists, std::span<scored_item> out,
                           std::span<std::uint32_t> sources, merge_workspace& memory) const {
        const std::size_t shown = std::min(lists.size(), quotas.size());
        return concatenate(lists.first(shown), as_span(quotas).first(shown), out, sources, memory);
    }
};

/// The first list, and the others where it is too short; see `fill`.
struct filling {
    template <class Request>
    std::size_t operator()(const Request&, lists_to_merge lists, std::span<scored_item> out,
                           std::span<std::uint32_t> sources, merge_workspace& memory) const {
        return fill(lists, out, sources, memory);
    }
};

/// An experiment in every list; see `team_draft`. The draw depends on the seed and the user, or the items
/// of the history: the same request gets the same list. Another `round` draws anew.
struct team_drafting {
    std::uint64_t seed = 42;
    std::uint64_t round = 0;

    template <class Context>
    std::size_t operator()(const request<Context>& who, lists_to_merge lists,
                           std::span<scored_item> out, std::span<std::uint32_t> sources,
                           merge_workspace& memory) const {
        std::uint64_t stream = join(0, round);
        if (who.user)
            stream = join(stream, who.user->value());
        else
            for (const weighted_item& entry : who.history)
                stream = join(stream, entry.index.value());
        return team_draft(lists, out, sources, counter_random{seed, stream}, memory);
    }

  private:
    [[nodiscard]] static constexpr std::uint64_t join(std::uint64_t name,
                                                      std::uint64_t value) noexcept {
        return counter_random{name}.bits(value);
    }
};

/// `mixed{interleaving{}, als, item_knn}` (Burke 2002): every part answers with a list of its own, and the policy
/// makes one of them. Scores are 1 − position/length; their kind is `rank`, so parts of any kinds mix.
/// Asked for the scores of given items, as a part of another hybrid is, it gives those of the list of all items.
/// Parts are held by value, or shared with `std::ref`.
template <merge_policy Policy, component... Models>
requires(sizeof...(Models) != 0) class mixed : public request_model<mixed<Policy, Models...>> {
    using base = request_model<mixed>;

  public:
    static constexpr score_kind kind = score_kind::rank;
    static constexpr bool zero_is_no_score = true;
    static constexpr std::size_t component_count = sizeof...(Models);

    explicit mixed(Policy policy, Models... models)
        : policy_{std::move(policy)}, models_{std::move(models)...} {}

    [[nodiscard]] const Policy& policy() const noexcept { return policy_; }
    template <std::size_t Part>
    [[nodiscard]] const auto& model() const noexcept {
        return model_of(std::get<Part>(models_));
    }

    [[nodiscard]] std::size_t user_count() const noexcept { return detail::most_users(models_); }
    [[nodiscard]] std::size_t item_count() const noexcept { return detail::most_items(models_); }
    /// Whether some part has a basis to answer.
    template <class Context>
    [[nodiscard]] bool knows_request(const request<Context>& who) const noexcept {
        return detail::some_part_knows(models_, who);
    }

    template <class Context, request_filter<request<Context>> Filter>
    std::size_t answer(const request<Context>& who, std::span<scored_item> out,
                       const Filter& filter) const {
        return recommend_into(who, out, std::span<std::uint32_t>{}, filter);
    }

    using base::recommend_into;
    /// As `recommend_into`, and says which part each item is from: what a click on it is to the credit of.
    /// @pre `sources` is empty or as long as `out`.
    template <class Context, request_filter<request<Context>> Filter = unfiltered>
    std::size_t recommend_into(const request<Context>& who, std::span<scored_item> out,
                               std::span<std::uint32_t> sources, const Filter& filter = {}) const {
        borrowed<workspace> memory;
        memory->items.resize(component_count * out.size());
        std::array<std::span<const scored_item>, component_count> lists;
        detail::for_each_part(models_, [&](const auto& model, std::size_t part) {
            const auto list =
                as_writable_span(memory->items).subspan(part * out.size(), out.size());
            lists[part] = list.first(ask_for_items(
                model, who, list, request_admission<Filter, request<Context>>{filter, who}));
        });
        return policy_(who, lists, out, sources, memory->merging);
    }

    /// Scores of items in the list of all items: see `request_model::score`.
    template <class Context>
    bool score_request(const request<Context>& who, std::span<const item_index> items,
                       std::span<float> out) const noexcept {
        if (!knows_request(who))
            return false;
        borrowed<std::vector<scored_item>> list;
        const auto make = [&]() -> std::span<const scored_item> {
            list->resize(item_count());
            return as_writable_span(*list).first(answer(who, *list, unfiltered{}));
        };
        return detail::score_by_list(make, item_count(), items, out, 0);
    }

    /// Why `item` has its score in the list of `length` items that `recommend` gives; nothing if it is not there. The
    /// place is to the credit of the part that the item was taken from, shared `in_proportion`.
    /// @throws shape_error for an item that is not below `item_count()`; what the parts throw.
    [[nodiscard]] hybrid_explanation explain(user_index user, item_index item,
                                             std::size_t length) const
        requires(explaining_component<Models>&&...) {
        require_below(item, item_count(), "item");
        return explain_request<user_index>(request<>{user}, item, length);
    }
    template <class Context>
    requires(explaining_component<Models, visitor>&&...) [[nodiscard]] hybrid_explanation
        explain(const request<Context>& who, item_index item, std::size_t length) const {
        require_below(item, item_count(), "item");
        return explain_request<visitor>(who, item, length);
    }
    using base::explain;
    /// See `request_model`.
    template <class User, class Context>
    requires(explaining_component<Models, User>&&...) [[nodiscard]] hybrid_explanation
        explain_request(const request<Context>& who, item_index item,
                        std::size_t length = std::numeric_limits<std::size_t>::max()) const {
        std::vector<scored_item> list(std::min(length, item_count()));
        std::vector<std::uint32_t> sources(list.size());
        list.resize(recommend_into(who, list, sources));
        const auto found = std::find_if(list.begin(), list.end(),
                                        [&](const auto& entry) { return entry.index == item; });
        hybrid_explanation result;
        detail::for_each_part(models_, [&](const auto& model, std::size_t part) {
            explanation<float> why;
            if (found != list.end() &&
                sources[static_cast<std::size_t>(found - list.begin())] == part) {
                why = ask_why(model, who, item);
                const auto added = static_cast<double>(found->score);
                const auto own = static_cast<double>(why.score);
                why = detail::as_added(std::move(why), in_proportion(own, added).scale, added);
            }
            result.add(std::move(why));
        });
        return result;
    }

    /// See `made_of_parts`.
    template <class Self, class Visitor>
    static void visit_parts(Self& self, const Visitor& visitor) {
        std::apply([&](auto&... part) { (visitor(model_of(part)), ...); }, self.models_);
    }

  private:
    struct workspace {
        std::vector<scored_item> items; // a list of each part
        merge_workspace merging;
    };

    Policy policy_;
    std::tuple<Models...> models_;
};

template <class Policy, class... Models>
mixed(Policy, Models...) -> mixed<Policy, Models...>;

} // namespace hybrec
