// SPDX-License-Identifier: MIT
/// @file
/// Splits plain rows of delimited text eight bytes at a time.
#pragma once

#include <hybrec/core/on_use.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

namespace hybrec::detail {

/// Splits the rows that most tables consist of: no quotes, a delimiter of one character, as many
/// fields as the first row. Whatever else comes, it leaves to `delimited_reader`, whose fields its
/// own equal.
template <class = on_use>
class row_scanner {
  public:
    enum class outcome : unsigned char {
        row,   ///< the fields are there, and the position is behind the row
        blank, ///< a line without a row; the position is behind it
        other  ///< not for this scanner; the position is where it was
    };

    /// @param quotes whether a quote is syntax
    row_scanner(std::string_view text, char delimiter, bool quotes, std::size_t width)
        : text_{text},
          delimiter_{delimiter},
          delimiters_{everywhere(delimiter)},
          quotes_{everywhere(quotes ? '"' : '\n')},
          ends_(width) {}

    /// Splits the line that begins at `position`. @pre There are bytes at `position`.
    [[nodiscard]] outcome next(std::size_t& position) noexcept {
        const std::size_t width = ends_.size();
        begin_ = position;
        std::size_t field = 0;
        for (std::size_t at = position; at + 8 <= text_.size(); at += 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, text_.data() + at, 8);
            std::uint64_t marks = equal_bytes(word, delimiters_) |
                                  equal_bytes(word, everywhere('\n')) | equal_bytes(word, quotes_);
            for (; marks != 0; marks = without_first(marks)) {
                const std::size_t hit = at + first_byte(marks);
                const char letter = text_[hit];
                if (letter == delimiter_) {
                    if (field + 1 >= width)
                        return outcome::other;
                    ends_[field++] = hit;
                } else if (letter == '\n') {
                    return finish(position, hit, field);
                } else {
                    return outcome::other;
                }
            }
        }
        return outcome::other; // the last bytes of the text
    }

    /// A field of the row. @pre `field` is below the width.
    [[nodiscard]] std::string_view operator[](std::size_t field) const noexcept {
        const std::size_t begin = field == 0 ? begin_ : ends_[field - 1] + 1;
        return {text_.data() + begin, ends_[field] - begin};
    }

  private:
    [[nodiscard]] outcome finish(std::size_t& position, std::size_t line_end,
                                 std::size_t field) noexcept {
        std::size_t end = line_end;
        if (end > begin_ && text_[end - 1] == '\r')
            --end;
        const std::string_view row{text_.data() + begin_, end - begin_};
        if (row.empty() ||
            (row.front() == ' ' && row.find_first_not_of(' ') == std::string_view::npos)) {
            position = line_end + 1;
            return outcome::blank;
        }
        if (field + 1 != ends_.size())
            return outcome::other;
        ends_[field] = end;
        position = line_end + 1;
        return outcome::row;
    }

    [[nodiscard]] static constexpr std::uint64_t everywhere(char letter) noexcept {
        return 0x0101010101010101 * static_cast<unsigned char>(letter);
    }

    /// The highest bit of every byte that `word` and `pattern` share. Exact: no carry leaves a byte.
    [[nodiscard]] static constexpr std::uint64_t equal_bytes(std::uint64_t word,
                                                             std::uint64_t pattern) noexcept {
        constexpr std::uint64_t low = 0x7F7F7F7F7F7F7F7F;
        const std::uint64_t difference = word ^ pattern;
        return ~(((difference & low) + low) | difference | low);
    }

    static constexpr bool little = std::endian::native == std::endian::little;

    [[nodiscard]] static constexpr std::size_t first_byte(std::uint64_t marks) noexcept {
        return static_cast<std::size_t>(little ? std::countr_zero(marks)
                                               : std::countl_zero(marks)) /
               8;
    }

    [[nodiscard]] static constexpr std::uint64_t without_first(std::uint64_t marks) noexcept {
        return little ? marks & (marks - 1)
                      : marks & ~(std::uint64_t{1} << 63 >> std::countl_zero(marks));
    }

    std::string_view text_;
    char delimiter_;
    std::uint64_t delimiters_;
    std::uint64_t quotes_;
    std::size_t begin_ = 0;
    std::vector<std::size_t> ends_; ///< where each field of the row ends
};

} // namespace hybrec::detail
