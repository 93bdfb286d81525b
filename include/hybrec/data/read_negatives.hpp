// SPDX-License-Identifier: MIT
/// @file
/// Reads the sampled negatives of a published evaluation.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/data/detail/text_file.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace hybrec {

/// Reads lines of the form `(user,item) negative negative …`, separated by tabs (He et al. 2017): the
/// candidates among which the user's test item is ranked. The test item itself is not read; it is in
/// the test matrix. Returns one row per user of `log`, for `evaluate_sampled`.
/// @throws data_error naming file and line for a line of another form, a user or item that `log` does
///         not know, or a file without lines. Complexity: O(bytes).
template <std::same_as<interaction_log> Log>
[[nodiscard]] user_items read_negatives(const std::filesystem::path& path, const Log& log) {
    const detail::text_file file{path};
    coo_matrix<user_index, item_index, float> entries;
    std::size_t line_number = 0;
    for (std::string_view rest = file.text(); !rest.empty();) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        std::string_view line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++line_number;
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        if (line.empty())
            continue;
        const auto refuse = [&](const std::string& what) {
            return data_error{file.name(), line_number, 0, what};
        };
        const std::size_t comma = line.find(',');
        const std::size_t closing = line.find(')');
        if (line.front() != '(' || comma == std::string_view::npos ||
            closing == std::string_view::npos || closing < comma)
            throw refuse("starts with \"" + std::string{line.substr(0, 20)} +
                         "\"; expected (user,item) and the user's negatives, separated by tabs");
        const std::string_view user_id = line.substr(1, comma - 1);
        const auto user = log.users.find(user_id);
        if (!user)
            throw refuse("unknown user \"" + std::string{user_id} + "\"");
        line.remove_prefix(closing + 1);
        while (!line.empty()) {
            line.remove_prefix(line.front() == '\t' ? 1 : 0);
            const std::string_view item_id = line.substr(0, line.find('\t'));
            line.remove_prefix(item_id.size());
            const auto item = log.items.find(item_id);
            if (!item)
                throw refuse("unknown item \"" + std::string{item_id} + "\"");
            entries.add(*user, *item, 1.0F);
        }
    }
    if (entries.entry_count() == 0)
        throw data_error{file.name(), 0, 0, "holds no negatives"};
    return build_csr<user_index, item_index, float>(entries, {.row_count = log.users.size(),
                                                              .column_count = log.items.size(),
                                                              .fixed_shape = true,
                                                              .repeated = duplicates::last});
}

} // namespace hybrec
