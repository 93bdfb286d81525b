// SPDX-License-Identifier: MIT
/// @file
/// Texts one after the other.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

namespace hybrec {

/// The texts one after the other, for messages: a chain of `+` becomes code of its own wherever it is
/// written, and the compiler's work with it.
[[nodiscard]] inline std::string joined(std::initializer_list<std::string_view> texts) {
    std::string all;
    for (const std::string_view text : texts)
        all += text;
    return all;
}

} // namespace hybrec
