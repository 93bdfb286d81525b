// SPDX-License-Identifier: MIT
/// @file
/// How a trained network over ids and features scores and recommends.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/trained_network.hpp>
#include <hybrec/neural/prepared_rows.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/rankings.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace hybrec::neural {

/// A user that a network was not trained on: what it computed of the user's history and features.
struct folded_network_user {
    prepared_rows<float> rows;

    friend bool operator==(const folded_network_user& left, const folded_network_user& right) {
        return left.rows.vectors == right.rows.vectors && left.rows.hidden == right.rows.hidden &&
               left.rows.rest == right.rows.rest && left.rows.tokens == right.rows.tokens;
    }
};

/// What a trained `feature_network` is asked: scores, recommendations, likeness. Base class of
/// `feature_network_model`, which trains it; `Model` has a name.
///
/// Scores are logits: σ(score) is the probability of a like. Items without entries, and users, are
/// scored by their features, with the id of all who are unknown; without features they are not known,
/// and not recommended. What depends on an item alone is computed once, after training; what depends on
/// the user, once per request. Results have the same bits for any number of threads. Const calls are
/// thread-safe.
template <class Model, class Network>
class feature_network_recommender {
  public:
    using score_type = float;
    using user_table = factor_table<user_index, float>;
    using item_table = factor_table<item_index, float>;
    static constexpr score_kind kind = score_kind::preference;

    [[nodiscard]] bool fitted() const noexcept { return item_count() > 0; }
    [[nodiscard]] std::size_t user_count() const noexcept { return trained_.users().size(); }
    [[nodiscard]] std::size_t item_count() const noexcept { return trained_.items().size(); }
    /// The values of labels 0 and 1.
    [[nodiscard]] const label_range& labels() const noexcept { return labels_; }
    [[nodiscard]] const Network& network() const noexcept { return trained_.network(); }

    /// Whether the model has a basis to recommend to `user`; false for an index beyond its users.
    [[nodiscard]] bool knows(user_index user) const noexcept {
        return user.value() < user_count() && trained_.users().knows(user.value());
    }
    [[nodiscard]] bool knows(item_index item) const noexcept {
        return item.value() < item_count() && trained_.items().knows(item.value());
    }

    /// Scores `items` for `user`; writes one logit per item, higher is better.
    /// @pre  `user` is below `user_count()`, every item below `item_count()`;
    ///       `items.size() == out.size()`.
    /// Allocates at a thread's first call only.
    void score(user_index user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        trained_.prepare_user(user, *memory);
        trained_.score(memory->user, items, out, *memory);
    }
    void score(const folded_network_user& user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        trained_.score(user.rows, items, out, *memory);
    }
    /// Scores all items: see `catalogue_scorer`.
    void score_all(user_index user, std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        trained_.prepare_user(user, *memory);
        trained_.score_all(memory->user, out, *memory);
    }
    void score_all(const folded_network_user& user, std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        trained_.score_all(user.rows, out, *memory);
    }
    /// As above, for one user who waits: threads share the items. The bits do not depend on them.
    /// @throws cancelled
    void score(user_index user, std::span<const item_index> items, std::span<float> out,
               const execution& where) const {
        borrowed<scoring_memory> memory;
        trained_.prepare_user(user, *memory);
        trained_.score(memory->user, items, out, *memory, &where);
    }
    void score_all(user_index user, std::span<float> out, const execution& where) const {
        borrowed<scoring_memory> memory;
        trained_.prepare_user(user, *memory);
        trained_.score_all(memory->user, out, *memory, &where);
    }
    [[nodiscard]] float score(user_index user, item_index item) const noexcept {
        float out = 0;
        score(user, span_of_one(item), span_of_one(out));
        return out;
    }
    /// How likely the user likes the item: σ(score). @pre as `score`.
    [[nodiscard]] float probability(user_index user, item_index item) const noexcept {
        return 1 / (1 + std::exp(-score(user, item)));
    }
    /// The probability on the scale of the ratings. @pre as `score`.
    [[nodiscard]] float rating(user_index user, item_index item) const noexcept {
        return labels_.value(probability(user, item));
    }

    /// At most `n` items that are known and that `filter` admits, best first. Empty for a user that is
    /// not known. @throws shape_error if `user` is not below `user_count()`.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, as_writable_span(result), filter));
        return result;
    }
    /// The same for one user who waits: threads share the items. The ranking does not depend on them.
    /// @throws shape_error as above, cancelled.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index>
    recommend(user_index user, std::size_t n, const Filter& filter, const execution& where) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(select(user, as_writable_span(result), filter, &where));
        return result;
    }
    /// As `recommend`, into the caller's memory, at most `out.size()` items; returns how many there
    /// are. Allocates at a thread's first call only.
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        return select(user, out, filter, nullptr);
    }
    /// Recommends to a user that the model was not trained on.
    /// @throws shape_error if the user was folded in by a model of another shape.
    template <index_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(const folded_network_user& user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, as_writable_span(result), filter));
        return result;
    }
    template <index_filter Filter = unfiltered>
    std::size_t recommend_into(const folded_network_user& user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        if (!trained_.fits(user.rows))
            fail<shape_error>(
                {Model::type_name(), ": the user was folded in by a model of another shape"});
        borrowed<scoring_memory> memory;
        return trained_.select(user.rows, out, index_admission<Filter, item_index>{filter},
                               *memory);
    }
    /// The rankings of `users`, in the order given; each has the bits of `recommend`.
    /// @throws shape_error as `recommend`, cancelled.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] rankings<item_index> recommend_all(std::span<const user_index> users,
                                                     std::size_t n, const Filter& filter = {},
                                                     const execution& where = {}) const {
        for (const user_index user : users)
            require_below(user, user_count(), "user");
        rankings<item_index> result{users.size(), std::min(n, item_count())};
        where.threads().for_chunks(
            users.size(), 4,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t at = begin; at < end; ++at)
                    result.set_size(at, recommend_into(users[at], result.buffer(at), filter));
            },
            where.stop);
        return result;
    }
    /// The rankings of all users, in their order.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] rankings<item_index> recommend_all(std::size_t n, const Filter& filter = {},
                                                     const execution& where = {}) const {
        std::vector<user_index> users(user_count());
        for (std::size_t user = 0; user < users.size(); ++user)
            users[user] = user_index(user);
        return recommend_all(users, n, filter, where);
    }

    /// What stands for users and items in likeness: the sums of the vectors of their fields, so that
    /// items without entries resemble others by their features. Zero for what is not known.
    [[nodiscard]] const user_table& user_factors() const noexcept {
        return trained_.similar_users().table();
    }
    [[nodiscard]] const item_table& item_factors() const noexcept {
        return trained_.similar_items().table();
    }
    /// The `n` items most like `item` by cosine, without itself. Empty if it is not known.
    /// @throws shape_error if `item` is not below `item_count()`.
    template <index_filter<item_index> Filter = unfiltered>
    [[nodiscard]] ranking<item_index> similar_items(item_index item, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(item, item_count(), "item");
        return trained_.similar_items().nearest(item, n, filter);
    }
    /// The same of users.
    template <index_filter<user_index> Filter = unfiltered>
    [[nodiscard]] ranking<user_index> similar_users(user_index user, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        return trained_.similar_users().nearest(user, n, filter);
    }

  protected:
    using trained_type = detail::trained_network<Network>;
    using scoring_memory = typename trained_type::memory;

    feature_network_recommender() = default;
    ~feature_network_recommender() = default;
    feature_network_recommender(const feature_network_recommender&) = default;
    feature_network_recommender(feature_network_recommender&&) noexcept = default;
    feature_network_recommender& operator=(const feature_network_recommender&) = default;
    feature_network_recommender& operator=(feature_network_recommender&&) noexcept = default;

    [[nodiscard]] const trained_type& trained() const noexcept { return trained_; }

    trained_type trained_;
    label_range labels_; // of the data, unless options say otherwise

  private:
    template <known_user_filter Filter>
    std::size_t select(user_index user, std::span<scored_item> out, const Filter& filter,
                       const execution* where) const {
        require_below(user, user_count(), "user");
        if (!knows(user))
            return 0;
        borrowed<scoring_memory> memory;
        trained_.prepare_user(user, *memory);
        return trained_.select(memory->user, out, user_admission<Filter>{filter, user}, *memory,
                               where);
    }
};

} // namespace hybrec::neural
