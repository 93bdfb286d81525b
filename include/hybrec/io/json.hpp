// SPDX-License-Identifier: MIT
/// @file
/// Reads and writes JSON text.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/io/detail/json_parser.hpp>
#include <hybrec/io/detail/json_printer.hpp>
#include <hybrec/io/json_value.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace hybrec {

/// The value that `text` holds, read strictly by RFC 8259: no comments, no trailing commas, valid
/// UTF-8, paired surrogates. Also refused: a name that occurs twice in an object, nesting of more
/// than 128 levels, numbers beyond the range of a double. Integers that do not fit 64 bits are read
/// as doubles.
///
/// Complexity: O(length · log(members of an object)).
/// @param name what errors call the text, usually a file name.
/// @throws data_error with line and column (in bytes).
template <class = on_use>
[[nodiscard]] json parse_json(std::string_view text, std::string_view name = "JSON") {
    return detail::json_parser<>{text, name}.parse();
}

/// `value` as text: on one line, or over several lines with `indent` spaces a level. Doubles read
/// back as the same bits; those that are not finite become null, as JSON has no such numbers.
/// @throws data_error if a text is not valid UTF-8.
template <class = on_use>
[[nodiscard]] std::string dump(const json& value, std::size_t indent = 0) {
    std::string text;
    detail::append_json(text, value, indent, 0);
    return text;
}

} // namespace hybrec
