// SPDX-License-Identifier: MIT
/// @file
/// Tells lists of items per user from tables of interactions.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/data/detail/text_file.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string_view>

namespace hybrec::detail {

/// Whether the lines of a text are integers separated by single blanks, and their number varies
/// or is too large for the columns of a table of interactions.
template <class = on_use>
[[nodiscard]] bool looks_like_user_lists(std::string_view text) {
    std::size_t fewest = std::string_view::npos;
    std::size_t most = 0;
    for (std::size_t lines = 0; lines < 100 && !text.empty(); ++lines) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        std::size_t numbers = 0;
        bool within_number = false;
        for (const char letter : line) {
            const bool digit = letter >= '0' && letter <= '9';
            if (!digit && letter != ' ' && letter != '\r')
                return false;
            numbers += digit && !within_number;
            within_number = digit;
        }
        if (numbers == 0)
            continue;
        fewest = std::min(fewest, numbers);
        most = std::max(most, numbers);
    }
    return most > 4 || fewest < most;
}

template <class = on_use>
[[nodiscard]] bool is_user_lists(const std::filesystem::path& path) {
    const text_file file{path};
    return looks_like_user_lists(file.text());
}

} // namespace hybrec::detail
