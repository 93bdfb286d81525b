// SPDX-License-Identifier: MIT
/// @file
/// A text file as UTF-8 without a byte-order mark, whatever its encoding.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/detail/mapped_file.hpp>
#include <hybrec/data/text_encoding.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

namespace hybrec::detail {

/// The position of the first byte that is not part of valid UTF-8 (Unicode 15, table 3-7), or
/// `npos`.
[[nodiscard]] inline std::size_t find_invalid_utf8(std::string_view text) noexcept {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    std::size_t at = 0;
    while (at < text.size()) {
        // Most text is ASCII: 32 bytes in one go.
        std::uint64_t many[4] = {};
        if (at + sizeof many <= text.size()) {
            std::memcpy(many, text.data() + at, sizeof many);
            if (((many[0] | many[1] | many[2] | many[3]) & 0x8080808080808080) == 0) {
                at += sizeof many;
                continue;
            }
        }
        std::uint64_t eight = 0;
        if (at + 8 <= text.size()) {
            std::memcpy(&eight, text.data() + at, 8);
            if ((eight & 0x8080808080808080) == 0) {
                at += 8;
                continue;
            }
        }
        const unsigned char lead = byte(at);
        if (lead < 0x80) {
            ++at;
            continue;
        }
        const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                                   : lead >= 0xE0 && lead <= 0xEF ? 3
                                   : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                                  : 0;
        if (length == 0 || at + length > text.size())
            return at;
        // The second byte excludes overlong forms, surrogates and what lies beyond U+10FFFF.
        const unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
        const unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
        if (byte(at + 1) < lowest || byte(at + 1) > highest)
            return at;
        for (std::size_t next = at + 2; next < at + length; ++next)
            if ((byte(next) & 0xC0) != 0x80)
                return at;
        at += length;
    }
    return std::string_view::npos;
}

/// The same by several threads: blocks of text begin where a sequence may begin, so the first block
/// with an invalid byte has the first one of the whole text.
template <class = on_use>
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view text, const execution& where,
                                            std::size_t block = std::size_t{1} << 22) {
    const auto border = [&](std::size_t at) {
        // A sequence has at most three bytes after its first.
        for (std::size_t more = 0; more < 3 && at < text.size(); ++more, ++at)
            if ((static_cast<unsigned char>(text[at]) & 0xC0) != 0x80)
                break;
        return std::min(at, text.size());
    };
    constexpr std::size_t none = std::string_view::npos;
    return parallel_reduce(
        where.threads(), text.size(), block, none,
        [&](std::size_t begin, std::size_t end) {
            begin = begin == 0 ? 0 : border(begin);
            end = border(end);
            if (begin >= end)
                return none;
            const std::size_t invalid = find_invalid_utf8(text.substr(begin, end - begin));
            return invalid == none ? none : begin + invalid;
        },
        [](std::size_t& first, std::size_t part) { first = std::min(first, part); }, where.stop);
}

[[nodiscard]] inline std::string latin1_to_utf8(std::string_view text) {
    std::string result;
    result.reserve(text.size() + text.size() / 8);
    for (const char letter : text) {
        const auto code = static_cast<unsigned char>(letter);
        if (code < 0x80) {
            result += letter;
        } else {
            result += static_cast<char>(0xC0 | (code >> 6));
            result += static_cast<char>(0x80 | (code & 0x3F));
        }
    }
    return result;
}

/// UTF-8 text without a byte-order mark: a view of the given bytes where possible, else a copy.
class decoded_text {
  public:
    /// @throws data_error for UTF-16, and for bytes that are not UTF-8 if that was asked for.
    template <class = on_use>
    decoded_text(const std::string& name, std::string_view bytes, text_encoding encoding,
                 const execution& where = {})
        : view_{bytes} {
        if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
            throw data_error{name, 0, 0, "is UTF-16; expected UTF-8 or latin-1"};
        const bool marked = view_.starts_with("\xEF\xBB\xBF");
        if (marked)
            view_.remove_prefix(3);
        if (encoding == text_encoding::latin1 && !marked) {
            convert();
            return;
        }
        const std::size_t invalid = find_invalid_utf8(view_, where);
        if (invalid == std::string_view::npos)
            return;
        if (encoding != text_encoding::utf8) {
            convert();
            return;
        }
        const auto lines =
            std::count(view_.begin(), view_.begin() + static_cast<std::ptrdiff_t>(invalid), '\n');
        const std::size_t line_begin = view_.substr(0, invalid).rfind('\n') + 1;
        throw data_error{name, static_cast<std::size_t>(lines) + 1, invalid - line_begin + 1,
                         "a byte is not UTF-8; use text_encoding::automatic or ::latin1"};
    }

    decoded_text(const decoded_text&) = delete;
    decoded_text& operator=(const decoded_text&) = delete;

    [[nodiscard]] std::string_view view() const noexcept { return view_; }

  private:
    void convert() {
        converted_ = latin1_to_utf8(view_);
        view_ = converted_;
    }

    std::string converted_;
    std::string_view view_;
};

/// A file together with its decoded text.
class text_file {
  public:
    template <class = on_use>
    explicit text_file(const std::filesystem::path& path,
                       text_encoding encoding = text_encoding::automatic)
        : name_{path.string()}, file_{path}, text_{name_, file_.bytes(), encoding} {}

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] std::string_view text() const noexcept { return text_.view(); }

  private:
    std::string name_;
    mapped_file file_;
    decoded_text text_;
};

/// A text in quotes for an error message: shortened, without control characters.
[[nodiscard]] inline std::string shown(std::string_view text) {
    constexpr std::size_t longest = 60;
    std::size_t length = std::min(text.size(), longest);
    // Do not cut a UTF-8 sequence in two.
    while (length < text.size() && length > 0 &&
           (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80)
        --length;
    std::string result = "\"";
    for (const char letter : text.substr(0, length))
        result += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F ? '?' : letter;
    return result + (length < text.size() ? "…\"" : "\"");
}

} // namespace hybrec::detail
