// SPDX-License-Identifier: MIT
/// @file
/// One of several models answers, by request.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/parts.hpp>
#include <hybrec/hybrid/hybrid_explanation.hpp>
#include <hybrec/hybrid/request_model.hpp>
#include <hybrec/retrieval/request_admission.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

namespace hybrec {

/// Says whether a model is the one for a request, which it may read context and all. Pure, thread-safe,
/// `noexcept` in effect: called from calls that are.
template <class Gate, class Request = request<>>
concept request_gate = std::predicate<const Gate&, const Request&>;

/// Open to every request.
struct always_open {
    template <class Request>
    [[nodiscard]] constexpr bool operator()(const Request&) const noexcept {
        return true;
    }
};

/// A model, when it answers, and what that regime is called.
template <class Gate, component Model>
struct regime {
    std::string name;
    Gate gate;
    Model model;
};

template <class Gate, component Model>
[[nodiscard]] const held_type<Model>& model_of(const regime<Gate, Model>& part) noexcept {
    return part.model;
}

/// `when("at night", [](const auto& who) { return who.context.hour >= 22; }, calm)`.
template <class Gate, component Model>
[[nodiscard]] regime<Gate, Model> when(std::string name, Gate gate, Model model) {
    return {std::move(name), std::move(gate), std::move(model)};
}
/// `otherwise("collaborative", als)`: open to every request.
template <component Model>
[[nodiscard]] regime<always_open, Model> otherwise(std::string name, Model model) {
    return {std::move(name), {}, std::move(model)};
}

/// `switching{when("new", is_new, popular), otherwise("known", als)}` (Burke 2002): the first regime answers
/// whose gate is open and whose model has a basis for the request. A request for which there is none is
/// not known and gets nothing: let the last regime be one that serves everybody, such as `popularity`.
///
/// Scores of the models never meet, but callers compare them: all are of one kind. Models are held by
/// value, or shared with `std::ref`.
template <class... Regimes>
class switching;

template <class... Gates, class... Models>
requires(sizeof...(Models) != 0) && same_kinds<Models...> class switching<regime<Gates, Models>...>
    : public request_model<switching<regime<Gates, Models>...>> {
  public:
    static constexpr score_kind kind = std::array{held_type<Models>::kind...}[0];
    static constexpr std::size_t regime_count = sizeof...(Models);

    explicit switching(regime<Gates, Models>... regimes) : regimes_{std::move(regimes)...} {}

    [[nodiscard]] std::size_t user_count() const noexcept { return detail::most_users(regimes_); }
    [[nodiscard]] std::size_t item_count() const noexcept { return detail::most_items(regimes_); }

    /// The place of the regime that answers; `regime_count` if none does.
    template <class Context>
    [[nodiscard]] std::size_t regime_of(const request<Context>& who) const noexcept {
        return chosen(who, [](const auto&) {});
    }
    /// @pre `place` is below `regime_count`.
    [[nodiscard]] const std::string& regime_name(std::size_t place) const noexcept {
        return std::apply(
            [place](const auto&... each) -> const std::string& {
                return *std::array{&each.name...}[place];
            },
            regimes_);
    }
    template <std::size_t Place>
    [[nodiscard]] const auto& model() const noexcept {
        return model_of(std::get<Place>(regimes_));
    }

    template <class Context>
    [[nodiscard]] bool knows_request(const request<Context>& who) const noexcept {
        return regime_of(who) != regime_count;
    }
    template <class Context, request_filter<request<Context>> Filter>
    std::size_t answer(const request<Context>& who, std::span<scored_item> out,
                       const Filter& filter) const {
        std::size_t size = 0;
        chosen(who, [&](const auto& model) {
            size = ask_for_items(model, who, out,
                                 request_admission<Filter, request<Context>>{filter, who});
        });
        return size;
    }
    template <class Context>
    bool score_request(const request<Context>& who, std::span<const item_index> items,
                       std::span<float> out) const noexcept
        requires(scoring_component<Models>&&...) {
        bool scored = false;
        chosen(who, [&](const auto& model) { scored = ask_for_scores(model, who, items, out); });
        return scored;
    }
    /// That of the regime that answers, the component at its place; the others are empty.
    template <class User, class Context>
    requires(explaining_component<Models, User>&&...) [[nodiscard]] hybrid_explanation
        explain_request(const request<Context>& who, item_index item) const {
        explanation<float> why;
        const std::size_t place =
            chosen(who, [&](const auto& model) { why = ask_why(model, who, item); });
        hybrid_explanation result;
        for (std::size_t each = 0; each < regime_count; ++each)
            result.add(each == place ? std::move(why) : explanation<float>{});
        return result;
    }

    /// See `made_of_parts`.
    template <class Self, class Visitor>
    static void visit_parts(Self& self, const Visitor& visitor) {
        std::apply([&](auto&... each) { (visit(each, visitor), ...); }, self.regimes_);
    }

  private:
    /// The model, and the gate if it has learned something.
    template <class Regime, class Visitor>
    static void visit(Regime& each, const Visitor& visitor) {
        if constexpr (made_of_parts<std::remove_cvref_t<decltype(each.gate)>>)
            visitor(each.gate);
        visitor(model_of(each.model));
    }

    /// Calls `use` with the model that answers; returns its place, `regime_count` if there is none.
    template <class Context, class Use>
    std::size_t chosen(const request<Context>& who, const Use& use) const {
        std::size_t place = 0;
        const auto take = [&](const auto& each) {
            const auto& model = model_of(each);
            if (!each.gate(who) || !hybrec::knows_request(model, who)) {
                ++place;
                return false;
            }
            use(model);
            return true;
        };
        std::apply([&](const auto&... each) { (void)(take(each) || ...); }, regimes_);
        return place;
    }

    std::tuple<regime<Gates, Models>...> regimes_;
};

template <class... Gates, class... Models>
switching(regime<Gates, Models>...) -> switching<regime<Gates, Models>...>;

} // namespace hybrec
