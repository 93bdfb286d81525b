// SPDX-License-Identifier: MIT
/// @file
/// One model's predictions among the data of another.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace hybrec {

struct augment_options {
    std::size_t items = 20; ///< how many predictions are added for each user; at least 1
    float weight = 0.1F; ///< what the best of them counts beside a real interaction of 1; above 0
};

/// `als.fit(augment(train, content, {.items = 20}))`: interactions and, for each user, the best items of a model that the
/// user does not have, with weights that fall from `weight` to 0 by rank. This is feature augmentation
/// (Burke 2002) in the form of content-boosted collaborative filtering (Melville, Mooney and Nagarajan
/// 2002): what one model predicts is data of the next.
///
/// The predictions are about items outside the user's history, so none of them was seen in training. Users
/// that the model does not know get nothing added. The same bits for any number of threads.
/// @throws option_error, shape_error if the model has other items than the matrix
template <class Model>
requires component<Model>
[[nodiscard]] user_items augment(const user_items& interactions, const Model& predictor,
                                 augment_options options = {}, const execution& where = {}) {
    require_option(options.items >= 1, "augment", "items", 0.0, "at least 1");
    require_option(options.weight > 0 && std::isfinite(options.weight), "augment", "weight",
                   static_cast<double>(options.weight), "a finite number above 0");
    const auto& model = model_of(predictor);
    if (model.item_count() != interactions.column_count())
        fail<shape_error>({"augment: the matrix has ", interactions.column_count(),
                           " items, the model ", model.item_count()});
    const std::size_t users = interactions.row_count();
    std::vector<scored_item> predicted(users * options.items);
    std::vector<std::size_t> counts(users);
    const unseen_by_user unseen{interactions};
    where.threads().for_chunks(
        users, 64,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t user = begin; user < end; ++user)
                if (detail::knows_user(model, user_index(user)))
                    counts[user] = model.recommend_into(
                        user_index(user),
                        as_writable_span(predicted).subspan(user * options.items, options.items),
                        unseen);
        },
        where.stop);

    coo_matrix<user_index, item_index, float> entries;
    entries.reserve(interactions.entry_count() + users * options.items);
    for (std::size_t user = 0; user < users; ++user) {
        for (const auto [item, weight] : interactions.row(user_index(user)))
            entries.add(user_index(user), item, weight);
        for (std::size_t rank = 0; rank < counts[user]; ++rank)
            entries.add(user_index(user), predicted[user * options.items + rank].index,
                        options.weight *
                            (1 - static_cast<float>(rank) / static_cast<float>(options.items)));
    }
    return build_csr<user_index, item_index, float>(
        entries, {.row_count = users, .column_count = interactions.column_count()});
}

} // namespace hybrec
