// SPDX-License-Identifier: MIT
/// @file
/// Writes JSON values as text.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/io/detail/utf8.hpp>
#include <hybrec/io/json_value.hpp>

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>

namespace hybrec::detail {

/// Appends `text` in quotes. @throws data_error if it is not valid UTF-8.
[[gnu::cold]] inline void append_json_string(std::string& out, std::string_view text) {
    if (!valid_utf8(text))
        fail<data_error>({"JSON: a text of ", text.size(), " bytes is not valid UTF-8"});
    static constexpr char digits[] = "0123456789abcdef";
    out.push_back('"');
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        switch (character) {
        case '"':
            out += "\\\"";
            break;
        case '\\':
            out += "\\\\";
            break;
        case '\n':
            out += "\\n";
            break;
        case '\r':
            out += "\\r";
            break;
        case '\t':
            out += "\\t";
            break;
        default:
            if (byte < 0x20) {
                out += "\\u00";
                out.push_back(digits[byte >> 4]);
                out.push_back(digits[byte & 15U]);
            } else {
                out.push_back(character);
            }
        }
    }
    out.push_back('"');
}

/// The shortest text that reads back as the same double; null where JSON has no number.
inline void append_json_real(std::string& out, double value) {
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    const std::string_view text{digits, static_cast<std::size_t>(end - digits)};
    out += text;
    if (text.find_first_of(".e") == text.npos)
        out += ".0"; // or it would read back as an integer
}

/// Appends `value`; `indent` spaces a level, 0 for one line without spaces.
inline void append_json(std::string& out, const json& value, std::size_t indent,
                        std::size_t level) {
    const auto new_line = [&](std::size_t to) {
        if (indent != 0)
            out.append("\n").append(to * indent, ' ');
    };
    if (value.is_null()) {
        out += "null";
    } else if (value.is_bool()) {
        out += value.as_bool() ? "true" : "false";
    } else if (value.is_integer()) {
        out += std::to_string(value.as_integer());
    } else if (value.is_number()) {
        append_json_real(out, value.as_real());
    } else if (value.is_string()) {
        append_json_string(out, value.as_string());
    } else if (value.is_array()) {
        out.push_back('[');
        bool first = true;
        for (const json& element : value.as_array()) {
            if (!first)
                out.push_back(',');
            first = false;
            new_line(level + 1);
            append_json(out, element, indent, level + 1);
        }
        if (!first)
            new_line(level);
        out.push_back(']');
    } else {
        out.push_back('{');
        bool first = true;
        for (const json_member& member : value.as_object()) {
            if (!first)
                out.push_back(',');
            first = false;
            new_line(level + 1);
            append_json_string(out, member.name);
            out += indent != 0 ? ": " : ":";
            append_json(out, member.value, indent, level + 1);
        }
        if (!first)
            new_line(level);
        out.push_back('}');
    }
}

} // namespace hybrec::detail
