// SPDX-License-Identifier: MIT
/// @file
/// What all hybrids share: they answer requests, and so are models.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/hybrid/detail/fit_parts.hpp>
#include <hybrec/hybrid/hybrid_explanation.hpp>
#include <hybrec/hybrid/visitor.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/request_admission.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace hybrec {

/// Answers requests of a type through a filter; see `request_model`.
template <class Hybrid, class Request, class Filter>
concept answers = requires(const Hybrid& hybrid, const Request& who, std::span<scored_item> out,
                           const Filter& filter) {
    { hybrid.answer(who, out, filter) } -> std::same_as<std::size_t>;
};

/// Scores items for requests of a type; see `request_model`.
template <class Hybrid, class Request>
concept scores_requests = requires(const Hybrid& hybrid, const Request& who,
                                   std::span<const item_index> items, std::span<float> out) {
    { hybrid.score_request(who, items, out) } -> std::same_as<bool>;
};

/// Explains its scores for requests of a type, which are users by index alone, or visitors too; see
/// `request_model`.
template <class Hybrid, class Request, class User>
concept explains_requests = requires(const Hybrid& hybrid, const Request& who, item_index item) {
    { hybrid.template explain_request<User>(who, item) } -> std::same_as<hybrid_explanation>;
};

/// Base class of hybrids. `Hybrid` derives from it and has
///
///     std::size_t user_count() const noexcept;
///     std::size_t item_count() const noexcept;
///     bool knows_request(const request<Context>&) const noexcept;
///     std::size_t answer(const request<Context>&, std::span<scored_item> out, const Filter&) const;
///
/// and, where it scores, `bool score_request(const request<Context>&, std::span<const item_index>,
/// std::span<float> out) const noexcept`. That returns false and leaves `out` alone if it has no basis, and
/// writes `Hybrid::absent`, where there is such a thing, for an item that it has no score for. Where its parts
/// can, it has `hybrid_explanation explain_request<User>(const request<Context>&, item_index) const` besides.
///
/// From these come the abilities of a model: for requests with any context, for users by index, and for
/// visitors, whom `fold_in` makes of a history.
///
/// Const calls are as thread-safe as those of the parts; memory they need is kept by each thread.
template <class Hybrid>
class request_model {
  public:
    using score_type = float;

    template <class Context>
    [[nodiscard]] bool knows(const request<Context>& who) const noexcept {
        return self().knows_request(who);
    }
    [[nodiscard]] bool knows(user_index user) const noexcept { return knows(request<>{user}); }

    /// At most `n` items that `filter` admits, best first; empty if no part has a basis to answer.
    template <class Context, request_filter<request<Context>> Filter = unfiltered>
    requires answers<Hybrid, request<Context>, Filter>
    [[nodiscard]] ranking<item_index> recommend(const request<Context>& who, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, self().item_count()));
        result.resize(recommend_into(who, as_writable_span(result), filter));
        return result;
    }
    template <known_user_filter Filter = unfiltered>
    requires answers<Hybrid, request<>, Filter>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        return recommend(request<>{user}, n, filter);
    }
    template <index_filter Filter = unfiltered>
    requires answers<Hybrid, request<>, Filter>
    [[nodiscard]] ranking<item_index> recommend(const visitor& user, std::size_t n,
                                                const Filter& filter = {}) const {
        return recommend(user.as_request(), n, filter);
    }

    /// As `recommend`, into the caller's memory, at most `out.size()` items; returns how many there are.
    template <class Context, request_filter<request<Context>> Filter = unfiltered>
    requires answers<Hybrid, request<Context>, Filter> std::size_t
    recommend_into(const request<Context>& who, std::span<scored_item> out,
                   const Filter& filter = {})
    const { return self().answer(who, out, filter); }
    template <known_user_filter Filter = unfiltered>
    requires answers<Hybrid, request<>, Filter> std::size_t
    recommend_into(user_index user, std::span<scored_item> out, const Filter& filter = {})
    const { return recommend_into(request<>{user}, out, filter); }
    template <index_filter Filter = unfiltered>
    requires answers<Hybrid, request<>, Filter> std::size_t
    recommend_into(const visitor& user, std::span<scored_item> out, const Filter& filter = {})
    const { return recommend_into(user.as_request(), out, filter); }

    /// The rankings of `users`, in the order given.
    template <known_user_filter Filter = unfiltered>
    requires answers<Hybrid, request<>, Filter>
    [[nodiscard]] rankings<item_index> recommend_all(std::span<const user_index> users,
                                                     std::size_t n, const Filter& filter = {},
                                                     const execution& where = {}) const {
        rankings<item_index> result{users.size(), std::min(n, self().item_count())};
        where.threads().for_chunks(
            users.size(), 16,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t at = begin; at < end; ++at)
                    result.set_size(at, recommend_into(users[at], result.buffer(at), filter));
            },
            where.stop);
        return result;
    }
    /// The rankings of all users, in their order.
    template <known_user_filter Filter = unfiltered>
    requires answers<Hybrid, request<>, Filter>
    [[nodiscard]] rankings<item_index> recommend_all(std::size_t n, const Filter& filter = {},
                                                     const execution& where = {}) const {
        std::vector<user_index> users(self().user_count());
        for (std::size_t user = 0; user < users.size(); ++user)
            users[user] = user_index(user);
        return recommend_all(users, n, filter, where);
    }

    /// Scores `items`, one value per item, higher is better; 0 if no part has a basis.
    /// @pre every item is below `item_count()`; `items.size() == out.size()`.
    template <class Context>
    requires scores_requests<Hybrid, request<Context>>
    void score(const request<Context>& who, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        if (!self().score_request(who, items, out))
            std::fill(out.begin(), out.end(), 0.0F);
        if constexpr (requires { Hybrid::absent; })
            std::replace(out.begin(), out.end(), Hybrid::absent, 0.0F);
    }
    template <class Request = request<>>
    requires scores_requests<Hybrid, Request>
    void score(user_index user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        score(Request{user}, items, out);
    }
    template <class Request = request<>>
    requires scores_requests<Hybrid, Request>
    void score(const visitor& user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        score(user.as_request(), items, out);
    }

    /// Why `item` has its score: what each part adds, and in it each item of the history. Nothing if no part
    /// has a basis, or a score for the item.
    /// @throws shape_error for an item that is not below `item_count()`; what the parts throw.
    template <class Request = request<>>
    requires explains_requests<Hybrid, Request, user_index>
    [[nodiscard]] hybrid_explanation explain(user_index user, item_index item) const {
        return why<user_index>(Request{user}, item);
    }
    template <class Context>
    requires explains_requests<Hybrid, request<Context>, visitor>
    [[nodiscard]] hybrid_explanation explain(const request<Context>& who, item_index item) const {
        return why<visitor>(who, item);
    }
    template <class Request = request<>>
    requires explains_requests<Hybrid, Request, visitor>
    [[nodiscard]] hybrid_explanation explain(const visitor& user, item_index item) const {
        return why<visitor>(user.as_request(), item);
    }

    /// Trains the parts, each once however often it is shared, and what a hybrid itself keeps of the interactions.
    /// Parts shared with `std::cref` stay what they are, and so do models that need more than interactions
    /// (features, segments): those are to be trained before. `stacking` and `pipeline` can learn more.
    /// @throws what the parts throw; those before have been trained then.
    template <user_item_matrix Matrix,
              class Self = Hybrid> // Self: clang asks before Hybrid is complete
    requires made_of_parts<Self>
    void fit(const Matrix& interactions, const execution& where = {}) {
        detail::fitting fitting{where};
        fitting.fit(static_cast<Self&>(*this), interactions);
    }

    /// A user that the parts have not seen, from what the user did; weights count as they are.
    /// @throws data_error if `history` is empty: ask a part that needs none, such as `popularity`.
    template <item_history History>
    [[nodiscard]] visitor fold_in(const History& history) const {
        visitor result{history};
        if (result.history().empty())
            fail<data_error>({"fold_in: the history is empty; a switching hybrid or a fallback can "
                              "serve users without one"});
        return result;
    }

  protected:
    request_model() = default;
    ~request_model() = default;
    request_model(const request_model&) = default;
    request_model(request_model&&) noexcept = default;
    request_model& operator=(const request_model&) = default;
    request_model& operator=(request_model&&) noexcept = default;

  private:
    template <class User, class Request>
    [[nodiscard]] hybrid_explanation why(const Request& who, item_index item) const {
        require_below(item, self().item_count(), "item");
        return self().template explain_request<User>(who, item);
    }
    [[nodiscard]] const Hybrid& self() const noexcept { return static_cast<const Hybrid&>(*this); }
};

} // namespace hybrec
