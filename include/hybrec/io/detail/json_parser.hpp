// SPDX-License-Identifier: MIT
/// @file
/// A strict recursive-descent parser of JSON.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/io/detail/utf8.hpp>
#include <hybrec/io/json_value.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Parses one text. The depth is bounded, so hostile nesting cannot exhaust the stack.
template <class = on_use>
class json_parser {
  public:
    static constexpr std::size_t depth_limit = 128;

    json_parser(std::string_view text, std::string_view name) : text_{text}, name_{name} {}

    [[nodiscard]] json parse() {
        json value = parse_value(0);
        skip_space();
        if (at_ != text_.size())
            fail("expected the end of the text after the value, found " + found());
        return value;
    }

  private:
    [[noreturn]] void fail(const std::string& what) const { fail_at(at_, what); }

    [[noreturn]] void fail_at(std::size_t at, const std::string& what) const {
        const std::string_view before = text_.substr(0, at);
        const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
        const std::size_t start = before.rfind('\n');
        const std::size_t column = start == before.npos ? at + 1 : at - start;
        throw data_error{std::string{name_}, line + 1, column, what};
    }

    /// What stands at the current place, for messages.
    [[nodiscard]] std::string found() const {
        if (at_ >= text_.size())
            return "the end of the text";
        const auto byte = static_cast<unsigned char>(text_[at_]);
        if (byte >= 0x20 && byte < 0x7F)
            return std::string{"'"} + text_[at_] + "'";
        static constexpr char digits[] = "0123456789abcdef";
        return std::string{"the byte 0x"} + digits[byte >> 4] + digits[byte & 15U];
    }

    [[nodiscard]] bool next_is(char expected) const noexcept {
        return at_ < text_.size() && text_[at_] == expected;
    }
    [[nodiscard]] bool next_is_digit() const noexcept {
        return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9';
    }

    void skip_space() noexcept {
        while (next_is(' ') || next_is('\n') || next_is('\r') || next_is('\t'))
            ++at_;
    }

    json parse_value(std::size_t depth) {
        skip_space();
        if (depth > depth_limit)
            fail("arrays and objects are nested more than " + std::to_string(depth_limit) +
                 " deep");
        if (next_is('{'))
            return parse_object(depth);
        if (next_is('['))
            return parse_array(depth);
        if (next_is('"'))
            return parse_string();
        if (next_is('-') || next_is_digit())
            return parse_number();
        if (take_word("true"))
            return true;
        if (take_word("false"))
            return false;
        if (take_word("null"))
            return nullptr;
        fail("expected a value, found " + found());
    }

    bool take_word(std::string_view word) noexcept {
        if (text_.substr(at_, word.size()) != word)
            return false;
        at_ += word.size();
        return true;
    }

    json parse_array(std::size_t depth) {
        json::array values;
        ++at_;
        skip_space();
        if (next_is(']')) {
            ++at_;
            return values;
        }
        for (;;) {
            values.push_back(parse_value(depth + 1));
            skip_space();
            if (next_is(']'))
                break;
            if (!next_is(','))
                fail("expected ',' or ']' in an array, found " + found());
            ++at_;
        }
        ++at_;
        return values;
    }

    json parse_object(std::size_t depth) {
        json::object members;
        std::vector<std::size_t> places;
        ++at_;
        skip_space();
        if (next_is('}')) {
            ++at_;
            return members;
        }
        for (;;) {
            skip_space();
            if (!next_is('"'))
                fail("expected a name in quotes in an object, found " + found());
            places.push_back(at_);
            std::string name = parse_string();
            skip_space();
            if (!next_is(':'))
                fail("expected ':' after the name \"" + name + "\", found " + found());
            ++at_;
            json value = parse_value(depth + 1);
            members.push_back({std::move(name), std::move(value)});
            skip_space();
            if (next_is('}'))
                break;
            if (!next_is(','))
                fail("expected ',' or '}' in an object, found " + found());
            ++at_;
        }
        ++at_;
        refuse_duplicates(members, places);
        return members;
    }

    /// By sorting: a hostile object of many members must not cost quadratic time.
    void refuse_duplicates(const json::object& members,
                           const std::vector<std::size_t>& places) const {
        std::vector<std::size_t> order(members.size());
        for (std::size_t at = 0; at < order.size(); ++at)
            order[at] = at;
        std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
            const int compared = members[left].name.compare(members[right].name);
            return compared < 0 || (compared == 0 && left < right);
        });
        for (std::size_t at = 1; at < order.size(); ++at)
            if (members[order[at - 1]].name == members[order[at]].name)
                fail_at(places[order[at]],
                        "the name \"" + members[order[at]].name + "\" occurs twice in an object");
    }

    std::uint32_t parse_hex() {
        std::uint32_t code = 0;
        const std::string_view digits = text_.substr(at_, 4);
        const auto end = digits.data() + digits.size();
        const auto [stop, problem] = std::from_chars(digits.data(), end, code, 16);
        if (digits.size() != 4 || stop != end || problem != std::errc{})
            fail("expected four hexadecimal digits after \\u");
        at_ += 4;
        return code;
    }

    void parse_escape(std::string& text) {
        const std::size_t start = at_++;
        const char kind = at_ < text_.size() ? text_[at_] : '\0';
        static constexpr std::string_view names = "\"\\/bfnrt";
        static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
        const std::size_t known = names.find(kind);
        if (kind != '\0' && known != names.npos) {
            ++at_;
            text.push_back(meanings[known]);
            return;
        }
        if (kind != 'u')
            fail("expected one of \"\\/bfnrtu after a backslash, found " + found());
        ++at_;
        std::uint32_t code = parse_hex();
        if (code >= 0xDC00 && code <= 0xDFFF)
            fail_at(start, "a low surrogate without a high one before it");
        if (code >= 0xD800 && code <= 0xDBFF) {
            if (text_.substr(at_, 2) != "\\u")
                fail_at(start, "a high surrogate without a low one after it");
            at_ += 2;
            const std::uint32_t low = parse_hex();
            if (low < 0xDC00 || low > 0xDFFF)
                fail_at(start, "a high surrogate without a low one after it");
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        }
        append_utf8(text, code);
    }

    std::string parse_string() {
        std::string text;
        ++at_;
        for (;;) {
            if (at_ >= text_.size())
                fail("a text without its closing quote");
            const auto byte = static_cast<unsigned char>(text_[at_]);
            if (byte == '"') {
                ++at_;
                return text;
            }
            if (byte == '\\') {
                parse_escape(text);
                continue;
            }
            if (byte < 0x20)
                fail("a control character in a text must be escaped, found " + found());
            const std::size_t length = utf8_length(text_.substr(at_));
            if (length == 0)
                fail("a text is not valid UTF-8: found " + found());
            text.append(text_.substr(at_, length));
            at_ += length;
        }
    }

    void skip_digits(const char* where) {
        if (!next_is_digit())
            fail(std::string{"expected a digit "} + where + ", found " + found());
        while (next_is_digit())
            ++at_;
    }

    json parse_number() {
        const std::size_t start = at_;
        bool integer = true;
        if (next_is('-'))
            ++at_;
        if (next_is('0')) {
            ++at_;
            if (next_is_digit())
                fail_at(start, "a number must not start with a zero followed by digits");
        } else {
            skip_digits("in a number");
        }
        if (next_is('.')) {
            integer = false;
            ++at_;
            skip_digits("after the decimal point");
        }
        if (next_is('e') || next_is('E')) {
            integer = false;
            ++at_;
            if (next_is('+') || next_is('-'))
                ++at_;
            skip_digits("in the exponent");
        }
        const std::string_view number = text_.substr(start, at_ - start);
        const auto end = number.data() + number.size();
        if (integer && number != "-0") {
            std::int64_t value = 0;
            if (std::from_chars(number.data(), end, value).ec == std::errc{})
                return value;
        }
        double value = 0;
        if (std::from_chars(number.data(), end, value).ec != std::errc{})
            fail_at(start, "the number " + std::string{number} + " does not fit a double");
        return value;
    }

    std::string_view text_;
    std::string_view name_;
    std::size_t at_ = 0;
};

} // namespace hybrec::detail
