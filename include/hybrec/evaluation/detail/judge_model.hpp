// SPDX-License-Identifier: MIT
/// @file
/// Asks a model for the rankings and scores that metrics judge.
#pragma once

#include <hybrec/concepts/model.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/evaluation/detail/hits.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <vector>

namespace hybrec::detail {

/// Can rank for many users at once, with the same result as one at a time.
template <class Model>
concept recommends_to_many = requires(const Model& model, std::span<const user_index> users,
                                      std::size_t n, const unseen_by_user<float>& filter,
                                      const execution& where) {
    { model.recommend_all(users, n, filter, where)[n][n].index } -> std::same_as<const item_index&>;
};

/// Copies the items of a ranking.
template <class Ranking>
void copy_items(const Ranking& ranking, std::vector<item_index>& items) {
    items.clear();
    for (const auto& entry : ranking)
        items.push_back(entry.index);
}

/// Judges one ranking per user, of the deepest metric's depth.
template <class Model, class Judge>
void judge_rankings(const Model& model, user_items_view train, Judge& judge,
                    const execution& where) {
    const std::span<const user_index> users = judge.relevant().users();
    const unseen_by_user<float> unseen{train};
    const std::size_t depth = std::min(judge.depth(), std::size_t{model.item_count()});
    if constexpr (recommends_to_many<Model>) {
        // In blocks, so that the rankings need little memory however many users there are.
        constexpr std::size_t block = 8192;
        for (std::size_t first = 0; first < users.size(); first += block) {
            const auto some = users.subspan(first, std::min(block, users.size() - first));
            const auto rankings = model.recommend_all(some, depth, unseen, where);
            where.threads().for_chunks(
                some.size(), 256,
                [&](std::size_t begin, std::size_t end, std::size_t) {
                    std::vector<item_index> items;
                    for (std::size_t at = begin; at < end; ++at) {
                        copy_items(rankings[at], items);
                        judge.judge_ranking(first + at, items);
                    }
                },
                where.stop);
        }
    } else {
        where.threads().for_chunks(
            users.size(), 16,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                std::vector<scored<item_index, typename Model::score_type>> buffer(depth);
                std::vector<item_index> items;
                for (std::size_t at = begin; at < end; ++at) {
                    const std::size_t count =
                        model.recommend_into(users[at], as_writable_span(buffer), unseen);
                    copy_items(as_span(buffer).first(std::min(count, depth)), items);
                    judge.judge_ranking(at, items);
                }
            },
            where.stop);
    }
}

/// Judges the scores of all items that are not in a user's training data.
template <class Model, class Judge>
void judge_all_scores(const Model& model, user_items_view train, Judge& judge,
                      const execution& where) {
    const std::span<const user_index> users = judge.relevant().users();
    where.threads().for_chunks(
        users.size(), 16,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            std::vector<item_index> items;
            std::vector<typename Model::score_type> scores;
            std::vector<double> hits;
            std::vector<double> others;
            for (std::size_t at = begin; at < end; ++at) {
                const auto seen = train.row(users[at]).columns();
                items.clear();
                auto next_seen = seen.begin();
                for (std::size_t item = 0; item < model.item_count(); ++item)
                    if (next_seen != seen.end() && *next_seen == item_index(item))
                        ++next_seen;
                    else
                        items.push_back(item_index(item));
                scores.resize(items.size());
                model.score(users[at], as_span(items), as_writable_span(scores));
                hits.clear();
                others.clear();
                for (std::size_t item = 0; item < items.size(); ++item) {
                    const auto score = static_cast<double>(scores[item]);
                    if (std::isnan(score))
                        fail<numeric_error>({"evaluate: the score of item ", items[item].value(),
                                             " for user ", users[at].value(), " is not a number"});
                    (is_relevant(judge.relevant()[at], items[item]) ? hits : others)
                        .push_back(score);
                }
                judge.judge_scores(at, hits, others);
            }
        },
        where.stop);
}

/// @throws shape_error if a matrix does not have the given shape.
inline void require_shape(const char* name, user_items_view matrix, std::size_t rows,
                          std::size_t columns, const char* owner) {
    if (matrix.row_count() != rows || matrix.column_count() != columns)
        fail<shape_error>({"evaluate: the ", name, " matrix has ", matrix.row_count(),
                           " users and ", matrix.column_count(), " items, ", owner, " has ", rows,
                           " and ", columns});
}

} // namespace hybrec::detail
