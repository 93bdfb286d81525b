// SPDX-License-Identifier: MIT
/// @file
/// What a learned blend sees of its parts for the users of validation data.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace hybrec::detail {

/// Refuses to learn from what the parts were trained on: in-fold predictions look better than they are.
/// @throws shape_error, data_error
template <class = on_use>
void require_out_of_fold(user_items_view train, user_items_view validation) {
    if (train.row_count() != validation.row_count() ||
        train.column_count() != validation.column_count())
        fail<shape_error>({"learn: the training matrix is ", train.row_count(), " × ",
                           train.column_count(), ", the validation matrix ", validation.row_count(),
                           " × ", validation.column_count()});
    for (std::size_t user = 0; user < validation.row_count(); ++user)
        for (const item_index item : validation.row(user_index(user)).columns())
            if (train.row(user_index(user)).contains(item))
                fail<data_error>({"learn: user ", user, " has item ", item.value(),
                                  " both in training and in validation data; predictions for what "
                                  "a part was trained on teach a blend to trust it too much"});
    if (validation.entry_count() == 0)
        fail<data_error>({"learn: there is no validation data"});
}

/// Calls `ask(request, table)` for the users of the validation data, many at a time, and then, one after
/// the other in their order, `add(request, table, labels)`. A label is 1 if the user has the item in the
/// validation data with a positive weight, else 0. Users that `ask` leaves with an empty table are
/// passed over. At most `most_users`, evenly spread, if that is not 0.
template <class Ask, class Add>
void for_each_learning_list(user_items_view validation, std::size_t most_users, const Ask& ask,
                            const Add& add, const execution& where) {
    std::vector<user_index> users;
    for (std::size_t user = 0; user < validation.row_count(); ++user)
        if (!validation.row(user_index(user)).empty())
            users.push_back(user_index(user));
    if (most_users != 0 && most_users < users.size()) {
        for (std::size_t at = 0; at < most_users; ++at)
            users[at] = users[at * users.size() / most_users];
        users.resize(most_users);
    }
    constexpr std::size_t together = 256;
    std::vector<score_table> tables(std::min(together, users.size()));
    std::vector<float> labels;
    for (std::size_t first = 0; first < users.size(); first += together) {
        const std::size_t count = std::min(together, users.size() - first);
        where.threads().for_chunks(
            count, 4,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t at = begin; at < end; ++at)
                    ask(request<>{users[first + at]}, tables[at]);
            },
            where.stop);
        for (std::size_t at = 0; at < count; ++at) {
            if (tables[at].item_count() == 0)
                continue;
            const auto held_out = validation.row(users[first + at]);
            labels.clear();
            for (const item_index item : tables[at].items())
                labels.push_back(held_out.contains(item) ? 1.0F : 0.0F);
            add(request<>{users[first + at]}, tables[at], labels);
        }
    }
}

} // namespace hybrec::detail
