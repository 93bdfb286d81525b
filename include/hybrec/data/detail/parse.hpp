// SPDX-License-Identifier: MIT
/// @file
/// Numbers and instants from text.
#pragma once

#include <hybrec/core/clock.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace hybrec::detail {

[[nodiscard]] inline std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos)
        return text.substr(text.size());
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// The whole of `text` as a number, if it is one; a leading plus is allowed.
template <class Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) noexcept {
    if (text.starts_with('+') && !text.starts_with("+-"))
        text.remove_prefix(1);
    Number value{};
    const char* const end = text.data() + text.size();
    const std::from_chars_result result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end)
        return std::nullopt;
    return value;
}

/// Digits with at most one point among them, such as `4`, `3.5` and `.5`, but no more than 15: then
/// the digits as a whole and the power of ten are exact in double, and one division rounds as
/// `from_chars` does.
[[nodiscard]] inline std::optional<double> parse_short_decimal(std::string_view text) noexcept {
    constexpr std::size_t most_digits = 15;
    constexpr double powers[most_digits + 1] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    if (text.empty() || text.size() > most_digits + 1)
        return std::nullopt;
    std::uint64_t digits = 0;
    std::size_t count = 0;
    std::size_t before_point = text.size();
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto digit = static_cast<unsigned>(static_cast<unsigned char>(text[at])) - '0';
        if (digit <= 9) {
            digits = 10 * digits + digit;
            ++count;
        } else if (text[at] == '.' && before_point == text.size()) {
            before_point = at;
        } else {
            return std::nullopt;
        }
    }
    if (count == 0 || count > most_digits)
        return std::nullopt;
    return static_cast<double>(digits) / powers[count - std::min(count, before_point)];
}

/// A finite number that a float can hold. By way of double, so that "16777217" is no surprise and
/// tiny numbers become 0 instead of an error.
[[nodiscard]] inline std::optional<float> parse_weight(std::string_view text) noexcept {
    if (const std::optional<double> value = parse_short_decimal(text))
        return static_cast<float>(*value);
    const std::optional<double> value = parse_number<double>(trimmed(text));
    constexpr double largest = 3.4028234663852886e38;
    if (!value || !(std::abs(*value) <= largest))
        return std::nullopt;
    return static_cast<float>(*value);
}

/// Reads `count` digits from the front of `text`; nothing if they are not there.
[[nodiscard]] inline std::optional<int> take_digits(std::string_view& text,
                                                    std::size_t count) noexcept {
    if (text.size() < count)
        return std::nullopt;
    int value = 0;
    for (std::size_t at = 0; at < count; ++at) {
        if (text[at] < '0' || text[at] > '9')
            return std::nullopt;
        value = 10 * value + (text[at] - '0');
    }
    text.remove_prefix(count);
    return value;
}

[[nodiscard]] inline bool take(std::string_view& text, char letter) noexcept {
    if (!text.starts_with(letter))
        return false;
    text.remove_prefix(1);
    return true;
}

/// ISO 8601: `2024-05-01`, `2024-05-01T12:30:00`, with a space for the `T`, without seconds, with a
/// fraction (dropped), with `Z` or `+02:00`. Without a zone it is UTC.
[[nodiscard]] inline std::optional<unix_seconds> parse_iso_time(std::string_view text) noexcept {
    const auto year = take_digits(text, 4);
    if (!year || !take(text, '-'))
        return std::nullopt;
    const auto month = take_digits(text, 2);
    if (!month || !take(text, '-'))
        return std::nullopt;
    const auto day = take_digits(text, 2);
    if (!day)
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year},
                                           std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok())
        return std::nullopt;
    unix_seconds seconds =
        std::int64_t{86400} * std::chrono::sys_days{date}.time_since_epoch().count();
    if (text.empty())
        return seconds;

    if (!take(text, 'T') && !take(text, 't') && !take(text, ' '))
        return std::nullopt;
    const auto hour = take_digits(text, 2);
    if (!hour || *hour > 23 || !take(text, ':'))
        return std::nullopt;
    const auto minute = take_digits(text, 2);
    if (!minute || *minute > 59)
        return std::nullopt;
    seconds += 3600 * *hour + 60 * *minute;
    if (take(text, ':')) {
        const auto second = take_digits(text, 2);
        if (!second || *second > 60)
            return std::nullopt;
        seconds += *second;
        if (take(text, '.')) {
            if (!take_digits(text, 1))
                return std::nullopt;
            while (take_digits(text, 1)) {
            }
        }
    }
    if (text.empty() || text == "Z" || text == "z" || text == " UTC")
        return seconds;

    const bool ahead = text.starts_with('+');
    if (!take(text, '+') && !take(text, '-'))
        return std::nullopt;
    const auto zone_hour = take_digits(text, 2);
    static_cast<void>(take(text, ':')); // +0200 is as good as +02:00
    const auto zone_minute = text.empty() ? std::optional<int>{0} : take_digits(text, 2);
    if (!zone_hour || *zone_hour > 23 || !zone_minute || *zone_minute > 59 || !text.empty())
        return std::nullopt;
    const unix_seconds shift = 3600 * *zone_hour + 60 * *zone_minute;
    return ahead ? seconds - shift : seconds + shift;
}

/// Up to 18 digits and nothing else, which fit 63 bits.
[[nodiscard]] inline std::optional<std::int64_t> parse_digits(std::string_view text) noexcept {
    if (text.empty() || text.size() > 18)
        return std::nullopt;
    std::int64_t value = 0;
    for (const char letter : text) {
        const auto digit = static_cast<unsigned>(static_cast<unsigned char>(letter)) - '0';
        if (digit > 9)
            return std::nullopt;
        value = 10 * value + static_cast<std::int64_t>(digit);
    }
    return value;
}

/// Seconds since 1970 as an integer or a decimal number (rounded down), or ISO 8601.
template <class = on_use>
[[nodiscard]] std::optional<unix_seconds> parse_time(std::string_view text) noexcept {
    if (const std::optional<std::int64_t> value = parse_digits(text))
        return value;
    text = trimmed(text);
    if (const auto whole = parse_number<std::int64_t>(text))
        return whole;
    if (const auto decimal = parse_number<double>(text)) {
        if (!(std::abs(*decimal) < 9e18)) // also NaN
            return std::nullopt;
        return static_cast<unix_seconds>(std::floor(*decimal));
    }
    return parse_iso_time(text);
}

} // namespace hybrec::detail
