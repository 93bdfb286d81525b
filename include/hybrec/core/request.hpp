// SPDX-License-Identifier: MIT
/// @file
/// Who asks for recommendations, and what the application knows about the moment.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/weighted.hpp>

#include <concepts>
#include <optional>
#include <span>
#include <utility>

namespace hybrec {

/// The context of a request that has none.
struct no_context {
    friend constexpr bool operator==(no_context, no_context) noexcept = default;
};

/// The user side of a call: a user the models may know, or the history of one they do not, plus a
/// context of the application's own type (device, time, query text, ...), which selectors, rules and
/// rerankers see as it is. Views the history and does not own it.
template <class Context = no_context>
struct request {
    using context_type = Context;

    request(user_index known_user, Context its_context = {}) requires(
        std::same_as<Context, no_context> ||
        !std::convertible_to<Context, std::span<const weighted_item>>) // that would be a history
        : user{known_user}, context{std::move(its_context)} {}
    request(std::span<const weighted_item> its_history, Context its_context = {})
        : history{its_history}, context{std::move(its_context)} {}
    /// A known user who did something since the models were trained.
    request(user_index known_user, std::span<const weighted_item> its_history,
            Context its_context = {})
        : user{known_user}, history{its_history}, context{std::move(its_context)} {}

    std::optional<user_index> user;
    std::span<const weighted_item> history; ///< in any order
    [[no_unique_address]] Context context;
};

request(user_index)->request<>;
request(std::span<const weighted_item>)->request<>;
// Clang 14 does not see the constructor's constraint when it deduces.
template <class History>
requires std::convertible_to<History, std::span<const weighted_item>> request(user_index,
                                                                              const History&)
->request<>;

} // namespace hybrec
