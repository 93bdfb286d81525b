// SPDX-License-Identifier: MIT
/// @file
/// What similar users like, and what is similar to that.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/fit_parts.hpp>
#include <hybrec/hybrid/hybrid_explanation.hpp>
#include <hybrec/hybrid/request_model.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/request_admission.hpp>
#include <hybrec/retrieval/select_scored.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/kept_matrix.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

struct neighbour_hybrid_options {
    std::size_t similar_users = 10; ///< neighbours of the user; at least 1
    std::size_t similar_items = 10; ///< neighbours of each item that they like
    float user_weight = 0.5F; ///< what an item is worth for each neighbour who likes it; at least 0
    float content_weight =
        0.5F; ///< what it is worth for each such like of an item that it is similar to; at least 0
    float own_weight =
        0; ///< what it is worth for each like of the user's own that it is similar to; at least 0
    float likeness_power =
        0; ///< a neighbour's like, or a similar item, counts its likeness to this power; 0 counts heads
    bool weigh_likes = false; ///< a neighbour's like counts the entry's value instead of 1
    float liked_from = 0;     ///< an entry above this is a like; at least 0 where likes are weighed
    bool exclude_seen = true; ///< leave out what the user has in the interactions
};

/// `neighbour_hybrid{net, net, {.user_weight = 0.5f}}.fit(matrix)`: the hybrid of the anime recommender.
/// An item scores `user_weight` for each of the most similar users who likes it, and `content_weight` for each
/// such liked item that it is among the most similar ones of; an item found both ways gets the sum.
///
/// Counting heads favours what everybody likes, and likenesses that are none. Lists are better where likenesses are
/// sharpened, rare likes weigh more, and the user's own likes speak too:
///
///     neighbour_hybrid hybrid{als, net, {.similar_users = 200, .user_weight = 1, .content_weight = 0,
///                                        .own_weight = 3, .likeness_power = 4, .weigh_likes = true}};
///     hybrid.fit(tf_idf{}(liked)); // validation data say how much of each
///
/// With s⁺ = max(s, 0)ᵖ for a likeness s and p = `likeness_power` (1 for p = 0), and the neighbours' likes
/// l(j) = Σ over similar users v of s⁺(u, v) · value(v, j), the score of i is
///
///     user_weight · l(i) + Σ over the j that i is similar to of
///         (content_weight · l(j) + own_weight · [u likes j]) · s⁺(j, i)
///
/// The power is the case amplification, `tf_idf` the inverse user frequency of Breese, Heckerman and Kadie (1998).
///
/// `People` says which users are alike, `Goods` which items are; they may be one model (the vectors of a
/// network, ALS), held by value or shared with `std::ref`, and are to be trained before. Asks for users that
/// `People` knows: there is no likeness of visitors. Items that nothing speaks for are not recommended.
template <class People, class Goods>
requires user_similarity_model<held_type<People>> && knows_users<held_type<People>> &&
    item_similarity_model<held_type<Goods>>
class neighbour_hybrid : public request_model<neighbour_hybrid<People, Goods>> {
  public:
    static constexpr score_kind kind = score_kind::preference;
    static constexpr bool zero_is_no_score = true;

    /// @throws option_error naming the field.
    neighbour_hybrid(People people, Goods goods, neighbour_hybrid_options options = {})
        : people_{std::move(people)}, goods_{std::move(goods)}, options_{options} {
        const auto check = [](bool fine, const char* field, double value, const char* expected) {
            require_option(fine, "neighbour_hybrid", field, value, expected);
        };
        check(options.similar_users >= 1, "similar_users", 0, "at least 1");
        check(options.user_weight >= 0 && std::isfinite(options.user_weight), "user_weight",
              static_cast<double>(options.user_weight), "a finite number, at least 0");
        check(options.content_weight >= 0 && std::isfinite(options.content_weight),
              "content_weight", static_cast<double>(options.content_weight),
              "a finite number, at least 0");
        check(options.own_weight >= 0 && std::isfinite(options.own_weight), "own_weight",
              static_cast<double>(options.own_weight), "a finite number, at least 0");
        check(options.likeness_power >= 0 && std::isfinite(options.likeness_power),
              "likeness_power", static_cast<double>(options.likeness_power),
              "a finite number, at least 0");
        check(!options.weigh_likes || options.liked_from >= 0, "liked_from",
              static_cast<double>(options.liked_from), "at least 0 with weigh_likes");
    }

    explicit neighbour_hybrid(
        People model, neighbour_hybrid_options options = {}) requires std::same_as<People, Goods>
        : neighbour_hybrid{model, model, options} {}

    /// Keeps what users like, and which items are alike: to be called again when `Goods` was trained anew.
    /// The models are not trained by this. Complexity: O(items) calls of `similar_items`.
    template <user_item_source Matrix>
    void fit(Matrix&& interactions, const execution& where = {}) {
        auto liked = keep_matrix<float>(std::forward<Matrix>(interactions));
        std::vector<bool> is_liked(liked->column_count());
        for (std::size_t user = 0; user < liked->row_count(); ++user)
            for (const auto [item, weight] : liked->row(user_index(user)))
                if (weight > options_.liked_from)
                    is_liked[item.value()] = true;
        const bool spreads = options_.content_weight > 0 || options_.own_weight > 0;
        rankings<item_index> alike{is_liked.size(), spreads ? options_.similar_items : 0};
        where.threads().for_chunks(
            spreads ? is_liked.size() : 0, 64,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t item = begin; item < end; ++item) {
                    if (!is_liked[item])
                        continue;
                    const auto found =
                        model_of(goods_).similar_items(item_index(item), options_.similar_items);
                    const auto list = alike.buffer(item);
                    for (std::size_t at = 0; at < found.size(); ++at)
                        list[at] = {found[at].index, static_cast<float>(found[at].score)};
                    alike.set_size(item, found.size());
                }
            },
            where.stop);
        coo_matrix<item_index, item_index, float> pairs;
        for (std::size_t item = 0; item < alike.size(); ++item)
            for (const auto& [other, likeness] : alike[item])
                if (other.value() < is_liked.size()) // the model may know more items
                    pairs.add(item_index(item), other, likeness);
        alike_ = keep_matrix<float>(build_csr<item_index, item_index, float>(
            pairs, {.row_count = is_liked.size(), .column_count = is_liked.size()}));
        liked_ = std::move(liked);
    }

    [[nodiscard]] const neighbour_hybrid_options& options() const noexcept { return options_; }
    [[nodiscard]] std::size_t user_count() const noexcept {
        return liked_ ? liked_->row_count() : 0;
    }
    [[nodiscard]] std::size_t item_count() const noexcept {
        return liked_ ? liked_->column_count() : 0;
    }
    /// Trains both models, then keeps what users like: as a part of a hybrid that is trained.
    void fit_parts(const user_item_matrix auto& interactions, detail::fitting& fitting) {
        fitting.fit(model_of(people_), interactions);
        fitting.fit(model_of(goods_), interactions);
        fit(interactions, fitting.where());
    }

    template <class Context>
    [[nodiscard]] bool knows_request(const request<Context>& who) const noexcept {
        return liked_ && who.user && model_of(people_).knows(*who.user);
    }

    template <class Context, request_filter<request<Context>> Filter>
    std::size_t answer(const request<Context>& who, std::span<scored_item> out,
                       const Filter& filter) const {
        borrowed<aligned_vector<float>> scores;
        if (!score_everything(who, *scores))
            return 0;
        if (options_.exclude_seen && who.user->value() < user_count())
            for (const item_index seen : liked_->row(*who.user).columns())
                (*scores)[seen.value()] = 0;
        return select_scored(as_writable_span(*scores).first(item_count()), out,
                             request_admission<Filter, request<Context>>{filter, who});
    }
    template <class Context>
    bool score_request(const request<Context>& who, std::span<const item_index> items,
                       std::span<float> out) const noexcept {
        borrowed<aligned_vector<float>> scores;
        if (!score_everything(who, *scores))
            return false;
        for (std::size_t at = 0; at < items.size(); ++at)
            out[at] = (*scores)[items[at].value()];
        return true;
    }

    /// Components: what similar users like, what is like that, and what is like the user's own likes. The parts
    /// are the liked items: what the likes of the item itself add, and each item that it is similar to. They are
    /// all of the score.
    template <class User, class Context>
    [[nodiscard]] hybrid_explanation explain_request(const request<Context>& who,
                                                     item_index item) const {
        explanation<float> liked, alike, own;
        borrowed<aligned_vector<float>> likes;
        if (count_likes(who, *likes)) {
            const auto add = [](explanation<float>& to, item_index what, float added) {
                if (added != 0) {
                    to.parts.push_back({what, added});
                    to.score += added;
                }
            };
            add(liked, item, options_.user_weight * (*likes)[item.value()]);
            for (std::size_t other = 0; other < item_count(); ++other)
                if ((*likes)[other] != 0)
                    add(alike, item_index(other),
                        options_.content_weight * (*likes)[other] *
                            likeness(item_index(other), item));
            for_own_likes(*who.user, [&](item_index mine) {
                add(own, mine, options_.own_weight * likeness(mine, item));
            });
            for (auto* const component : {&alike, &own})
                std::sort(component->parts.begin(), component->parts.end(),
                          ranks_before<item_index, float>);
        }
        hybrid_explanation result;
        result.add(std::move(liked));
        result.add(std::move(alike));
        result.add(std::move(own));
        return result;
    }

    /// See `made_of_parts`.
    template <class Self, class Visitor>
    static void visit_parts(Self& self, const Visitor& visitor) {
        visitor(model_of(self.people_));
        visitor(model_of(self.goods_));
        visitor(self.liked_);
        visitor(self.alike_);
    }

  private:
    /// What a likeness counts.
    [[nodiscard]] float worth(float likeness) const noexcept {
        return options_.likeness_power == 0
                   ? 1.0F
                   : std::pow(std::max(likeness, 0.0F), options_.likeness_power);
    }
    /// What `similar` counts as similar to `item`; 0 if it is not among the most similar ones.
    [[nodiscard]] float likeness(item_index item, item_index similar) const noexcept {
        const auto row = alike_->row(item);
        const auto found = std::lower_bound(row.columns().begin(), row.columns().end(), similar);
        if (found == row.columns().end() || *found != similar)
            return 0;
        return worth(row.values()[static_cast<std::size_t>(found - row.columns().begin())]);
    }
    void for_own_likes(user_index user, const auto& visit) const {
        if (options_.own_weight > 0 && user.value() < user_count())
            for (const auto [item, value] : liked_->row(user))
                if (value > options_.liked_from)
                    visit(item);
    }

    /// The likes of the neighbours; false if the user is not known.
    template <class Context>
    bool count_likes(const request<Context>& who, aligned_vector<float>& likes) const {
        if (!knows_request(who))
            return false;
        likes.assign(item_count(), 0.0F);
        for (const auto& neighbour :
             model_of(people_).similar_users(*who.user, options_.similar_users)) {
            if (neighbour.index.value() >= user_count())
                continue;
            const float counts = worth(static_cast<float>(neighbour.score));
            for (const auto [item, value] : liked_->row(neighbour.index))
                if (value > options_.liked_from)
                    likes[item.value()] += options_.weigh_likes ? counts * value : counts;
        }
        return true;
    }

    template <class Context>
    bool score_everything(const request<Context>& who, aligned_vector<float>& scores) const {
        borrowed<aligned_vector<float>> likes;
        if (!count_likes(who, *likes))
            return false;
        scores.assign(padded_size<float>(item_count()), 0.0F);
        const auto spread = [&](item_index from, float weight) {
            for (const auto [similar, likeness] : alike_->row(from))
                scores[similar.value()] += weight * worth(likeness);
        };
        for (std::size_t item = 0; item < item_count(); ++item) {
            if ((*likes)[item] == 0)
                continue;
            scores[item] += options_.user_weight * (*likes)[item];
            if (options_.content_weight > 0)
                spread(item_index(item), options_.content_weight * (*likes)[item]);
        }
        for_own_likes(*who.user, [&](item_index mine) { spread(mine, options_.own_weight); });
        return true;
    }

    People people_;
    Goods goods_;
    neighbour_hybrid_options options_;
    kept_interactions<float> liked_;
    kept_matrix<item_index, item_index, float> alike_; // to what somebody likes
};

template <class People, class Goods>
neighbour_hybrid(People, Goods, neighbour_hybrid_options = {}) -> neighbour_hybrid<People, Goods>;
/// One model for both.
template <class Model>
neighbour_hybrid(Model, neighbour_hybrid_options = {}) -> neighbour_hybrid<Model, Model>;

} // namespace hybrec
