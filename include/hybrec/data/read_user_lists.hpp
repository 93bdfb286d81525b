// SPDX-License-Identifier: MIT
/// @file
/// Reads interactions from lines of the form `user item item …`.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/detail/merge_logs.hpp>
#include <hybrec/data/detail/text_file.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_log.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <utility>

namespace hybrec {

/// Reads one user per line: the user's id, then the ids of the user's items, separated by blanks.
///
/// Ids are numbered in the order of their first appearance; a user without items is numbered too.
/// Every weight is 1, and a repeated item counts once more. Complexity: O(bytes).
/// @throws data_error if the file cannot be read or is empty.
template <class = on_use>
[[nodiscard]] interaction_log read_user_lists(const std::filesystem::path& path,
                                              const execution& where = {}) {
    constexpr std::string_view blanks = " \t\r";
    const detail::text_file file{path};
    interaction_log log;
    for (std::string_view rest = file.text(); !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));

        const auto next_id = [&] {
            line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
            const std::string_view id = line.substr(0, line.find_first_of(blanks));
            line.remove_prefix(id.size());
            return id;
        };
        const std::string_view user_id = next_id();
        if (user_id.empty())
            continue;
        interaction event{.user = log.users.add(user_id)};
        for (std::string_view item_id = next_id(); !item_id.empty(); item_id = next_id()) {
            event.item = log.items.add(item_id);
            log.events.push_back(event);
        }
    }
    if (log.users.empty())
        throw data_error{file.name(), 0, 0, "is empty; expected lines of the form: user item item"};
    log.matrix = to_matrix(log.events, log.users.size(), log.items.size(), duplicates::sum, where);
    return log;
}

/// Reads another file of the same form under the ids of `base`: new ids are added to its maps, and
/// its matrix grows to hold them. Returns the file's entries in the shape of `base.matrix`.
/// @throws as `read_user_lists(path)`; `base` is unchanged then.
template <class = on_use>
[[nodiscard]] user_items read_user_lists(const std::filesystem::path& path, interaction_log& base,
                                         const execution& where = {}) {
    return detail::merge_ids(base, read_user_lists(path, where));
}

/// A data set that comes with its own split.
struct user_list_split {
    interaction_log log; ///< the training part; its maps hold the ids of both parts
    user_items test;     ///< in the shape of `log.matrix`
};

/// Reads the two files of a published split, as LightGCN's.
/// @throws as `read_user_lists`.
template <class = on_use>
[[nodiscard]] user_list_split read_train_test_lists(const std::filesystem::path& train,
                                                    const std::filesystem::path& test,
                                                    const execution& where = {}) {
    user_list_split result;
    result.log = read_user_lists(train, where);
    result.test = read_user_lists(test, result.log, where);
    return result;
}

} // namespace hybrec
