// SPDX-License-Identifier: MIT
/// @file
/// What messages are checked for.
#pragma once

#include <string_view>

namespace hybrec::test {

/// Whether a text has this part.
[[nodiscard]] inline bool mentions(std::string_view text, std::string_view part) noexcept {
    return text.find(part) != std::string_view::npos;
}

} // namespace hybrec::test
