// SPDX-License-Identifier: MIT
/// @file
/// Holds out whole users, to test models on people whom they have not seen.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/data/detail/split_entries.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <utility>
#include <vector>

namespace hybrec {

/// How `split_held_out_users` splits.
struct held_out_users_options {
    double user_fraction = 0.1;    ///< the share of the users that are held out; in (0, 1)
    double fold_in_fraction = 0.8; ///< the share of their entries that a model may see; in (0, 1)
    std::uint64_t seed = 42;
};

/// All matrices have the shape of the whole and share no entry.
struct held_out_users_split {
    user_items train;              ///< the other users; the rows of held-out users are empty
    std::vector<user_index> users; ///< who is held out, ascending
    user_items history;            ///< what a model may see of the held-out users
    user_items test;               ///< what it is to predict for them

    friend bool operator==(const held_out_users_split&, const held_out_users_split&) = default;
};

/// Chooses users at random among those with at least two entries, and splits the entries of each of
/// them at random; both parts get at least one (the protocol of Liang et al. 2018).
/// @throws option_error if a fraction is outside (0, 1); data_error if no user has two entries.
/// Complexity: O(entries).
template <class = on_use>
[[nodiscard]] held_out_users_split
split_held_out_users(const user_items& matrix, const held_out_users_options& options = {}) {
    detail::require_fraction("split_held_out_users", "user_fraction", options.user_fraction);
    detail::require_fraction("split_held_out_users", "fold_in_fraction", options.fold_in_fraction);
    std::vector<user_index> users;
    for (std::size_t user = 0; user < matrix.row_count(); ++user)
        if (matrix.row(user_index(user)).size() >= 2)
            users.push_back(user_index(user));
    if (users.empty())
        fail<data_error>({"split_held_out_users: no user has two entries; expected at least one "
                          "user with a history and something to predict"});

    // Stream 0 chooses users, stream u + 1 splits the entries of user u.
    const counter_random random{options.seed};
    random.shuffle(users.begin(), users.size());
    users.resize(detail::part_of(users.size(), options.user_fraction));
    std::sort(users.begin(), users.end());

    enum class part : unsigned char { train, history, test };
    std::vector<part> parts(matrix.entry_count(), part::train);
    std::vector<std::size_t> positions;
    for (const user_index user : users) {
        const auto begin = static_cast<std::size_t>(matrix.offsets()[user.value()]);
        positions.resize(matrix.row(user).size());
        std::iota(positions.begin(), positions.end(), begin);
        random.stream(std::uint64_t{user.value()} + 1).shuffle(positions.begin(), positions.size());
        const std::size_t visible = std::min(
            detail::part_of(positions.size(), options.fold_in_fraction), positions.size() - 1);
        for (std::size_t at = 0; at < positions.size(); ++at)
            parts[positions[at]] = at < visible ? part::history : part::test;
    }
    const auto only = [&](part wanted) {
        return detail::kept_entries(matrix, [&](std::size_t at) { return parts[at] == wanted; });
    };
    return {.train = only(part::train),
            .users = std::move(users),
            .history = only(part::history),
            .test = only(part::test)};
}

/// Splits `log.matrix`.
template <class = on_use>
[[nodiscard]] held_out_users_split
split_held_out_users(const interaction_log& log, const held_out_users_options& options = {}) {
    return split_held_out_users(log.matrix, options);
}

} // namespace hybrec
