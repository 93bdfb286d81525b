// SPDX-License-Identifier: MIT
/// @file
/// Reads tables of delimited text: CSV, TSV, `::` and others.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/detail/text_file.hpp>
#include <hybrec/data/text_encoding.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace hybrec {

/// Whether quotes are syntax.
enum class quoting : unsigned char {
    automatic, ///< as RFC 4180 if the delimiter is `,` or `;`, else off
    off,       ///< a quote is a letter like any other
    rfc4180    ///< a quote at the start of a field opens a quoted field
};

/// How `delimited_reader` reads.
struct delimited_options {
    /// One or more characters. Empty: tab, `,`, `;`, `::` or `|`, whichever is most frequent in the
    /// first line; a space if it has none of them.
    std::string delimiter = "";
    quoting quotes = quoting::automatic;
    text_encoding encoding = text_encoding::automatic;
    bool ragged = false; ///< allow rows with another number of fields than the first row
};

/// Reads a table row by row.
///
/// Lines end with LF or CRLF, the last one need not end; blank lines and a UTF-8 byte-order mark
/// are skipped. Quoted fields (RFC 4180) may hold delimiters, line ends and doubled quotes. Fields
/// are views of the mapped file; only fields with doubled quotes are copied.
///
/// Complexity: O(bytes). Not thread-safe.
class delimited_reader {
  public:
    /// @param where the threads that decode the file
    /// @throws data_error if the file cannot be read or decoded.
    template <class = on_use>
    explicit delimited_reader(const std::filesystem::path& path,
                              const delimited_options& options = {}, const execution& where = {})
        : name_{path.string()},
          file_{std::make_unique<detail::mapped_file>(path)},
          decoded_{std::make_unique<detail::decoded_text>(name_, file_->bytes(), options.encoding,
                                                          where)} {
        set_up(options);
    }

    /// Reads `text`, which must outlive the reader; errors call it `name`.
    template <class = on_use>
    [[nodiscard]] static delimited_reader over_text(const std::string& name, std::string_view text,
                                                    const delimited_options& options = {}) {
        return {name, text, options};
    }

    delimited_reader(const delimited_reader&) = delete;
    delimited_reader& operator=(const delimited_reader&) = delete;

    /// Moves to the next row; false at the end. Views of the previous row become invalid.
    /// @throws data_error naming the line and column: another number of fields than the first row,
    ///         a quote that is never closed, text behind a closing quote.
    template <class = on_use>
    bool next() {
        fields_.clear();
        while (position_ < text_.size()) {
            line_ = next_line_;
            row_begin_ = position_;
            const std::size_t end = std::min(text_.find('\n', position_), text_.size());
            std::string_view row = text_.substr(position_, end - position_);
            if (quoted_ && row.find('"') != std::string_view::npos) {
                read_quoted_row();
            } else {
                position_ = std::min(end + 1, text_.size());
                ++next_line_;
                if (row.ends_with('\r'))
                    row.remove_suffix(1);
                if (row.find_first_not_of(' ') == std::string_view::npos)
                    continue;
                read_plain_row(row);
            }
            check_width();
            return true;
        }
        return false;
    }

    /// The current row.
    template <class = on_use>
    [[nodiscard]] std::span<const std::string_view> fields() const noexcept {
        return as_span(fields_);
    }
    /// @pre `field` is below the number of fields.
    [[nodiscard]] std::string_view operator[](std::size_t field) const noexcept {
        return fields_[field];
    }
    /// The line on which the current row begins, from 1.
    [[nodiscard]] std::size_t line() const noexcept { return line_; }
    [[nodiscard]] const std::string& file() const noexcept { return name_; }
    [[nodiscard]] const std::string& delimiter() const noexcept { return delimiter_; }
    /// Whether quotes are syntax.
    [[nodiscard]] bool quoted() const noexcept { return quoted_; }

    /// The decoded text, where the current row begins in it, and where the next one will.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] std::size_t row_begin() const noexcept { return row_begin_; }
    [[nodiscard]] std::size_t position() const noexcept { return position_; }

    /// Another reader of the same text that expects rows as wide as this one, for reading parts of
    /// a table at the same time. Its first row is the one that begins at `position`, and it counts
    /// lines from there. This reader must outlive it.
    [[nodiscard]] delimited_reader reader_at(std::size_t position) const {
        return {*this, position};
    }
    /// Goes on with the row that begins at `position`.
    void move_to(std::size_t position) noexcept {
        position_ = position;
        next_line_ = 1;
    }

    /// An error at a field of the current row: `throw reader.error_at(2, "…")`. The column counts
    /// bytes from 1.
    [[nodiscard]] data_error error_at(std::size_t field, const std::string& what) const {
        for (const copied_field& copied : copied_)
            if (copied.field == field)
                return error_at_position(copied.source, what);
        return error_at_position(static_cast<std::size_t>(fields_[field].data() - text_.data()),
                                 what);
    }

  private:
    /// A field that was unescaped into `scratch_`.
    struct copied_field {
        std::size_t field;
        std::size_t source; ///< where its contents begin in the text
        std::size_t begin;
        std::size_t size;
    };

    template <class = on_use>
    delimited_reader(const std::string& name, std::string_view text,
                     const delimited_options& options)
        : name_{name},
          decoded_{std::make_unique<detail::decoded_text>(name_, text, options.encoding)} {
        set_up(options);
    }

    delimited_reader(const delimited_reader& whole, std::size_t position)
        : name_{whole.name_},
          text_{whole.text_},
          delimiter_{whole.delimiter_},
          quoted_{whole.quoted_},
          ragged_{whole.ragged_},
          width_{whole.width_},
          width_line_{whole.width_line_} {
        move_to(position);
    }

    void set_up(const delimited_options& options) {
        text_ = decoded_->view();
        ragged_ = options.ragged;
        delimiter_ =
            options.delimiter.empty() ? detect_delimiter(text_, options.quotes) : options.delimiter;
        if (delimiter_.find_first_of("\"\r\n") != std::string::npos)
            fail<option_error>({"delimited_options: delimiter is ", detail::shown(delimiter_),
                                "; expected no quote and no line end"});
        quoted_ = uses_quotes(options.quotes, delimiter_);
    }

    [[nodiscard]] static bool uses_quotes(quoting quotes, std::string_view delimiter) {
        return quotes == quoting::rfc4180 ||
               (quotes == quoting::automatic && (delimiter == "," || delimiter == ";"));
    }

    [[nodiscard]] static std::string detect_delimiter(std::string_view text, quoting quotes) {
        text.remove_prefix(std::min(text.find_first_not_of("\r\n "), text.size()));
        std::string_view best = " ";
        std::size_t most = 0;
        for (const std::string_view candidate : {"\t", ",", ";", "::", "|"}) {
            const std::size_t count =
                count_delimiters(text, candidate, uses_quotes(quotes, candidate));
            if (count > most) {
                most = count;
                best = candidate;
            }
        }
        return std::string{best};
    }

    /// How many delimiters end a field of the first row.
    [[nodiscard]] static std::size_t count_delimiters(std::string_view text,
                                                      std::string_view delimiter, bool quoted) {
        std::size_t count = 0;
        for (bool field_begins = true; !text.empty() && text.front() != '\n';) {
            if (quoted && field_begins && text.front() == '"') {
                // A doubled quote closes one part of the field and opens the next.
                const std::size_t close = text.find('"', 1);
                text.remove_prefix(std::min(close, text.size() - 1) + 1);
                field_begins = text.starts_with('"');
                continue;
            }
            field_begins = text.starts_with(delimiter);
            count += field_begins;
            text.remove_prefix(field_begins ? delimiter.size() : 1);
        }
        return count;
    }

    template <class = on_use>
    void read_plain_row(std::string_view row) {
        copied_.clear();
        if (delimiter_.size() == 1) {
            const char delimiter = delimiter_.front();
            for (std::size_t end = 0; (end = row.find(delimiter)) != std::string_view::npos;) {
                fields_.push_back(row.substr(0, end));
                row.remove_prefix(end + 1);
            }
        } else {
            for (std::size_t end = 0; (end = row.find(delimiter_)) != std::string_view::npos;) {
                fields_.push_back(row.substr(0, end));
                row.remove_prefix(end + delimiter_.size());
            }
        }
        fields_.push_back(row);
    }

    template <class = on_use>
    void read_quoted_row() {
        copied_.clear();
        scratch_.clear();
        std::size_t line_end = 0;
        bool more = true;
        while (more) {
            if (position_ < text_.size() && text_[position_] == '"') {
                read_quoted_field();
                more = skip_delimiter();
                continue;
            }
            if (line_end <= position_)
                line_end = std::min(text_.find('\n', position_), text_.size());
            std::string_view field = text_.substr(position_, line_end - position_);
            const std::size_t end = field.find(delimiter_);
            more = end != std::string_view::npos;
            if (more) {
                field = field.substr(0, end);
                position_ += end + delimiter_.size();
            } else {
                position_ = std::min(line_end + 1, text_.size());
                if (field.ends_with('\r'))
                    field.remove_suffix(1);
            }
            fields_.push_back(field);
        }
        for (const copied_field& copied : copied_)
            fields_[copied.field] = std::string_view{scratch_}.substr(copied.begin, copied.size);
        next_line_ = line_ + line_ends(row_begin_, position_);
    }

    /// Reads the field whose opening quote is at `position_`, and moves behind its closing quote.
    template <class = on_use>
    void read_quoted_field() {
        const std::size_t open = position_;
        const std::size_t copy_begin = scratch_.size();
        std::size_t begin = open + 1;
        for (;;) {
            const std::size_t close = text_.find('"', begin);
            if (close == std::string_view::npos)
                throw error_at_position(open, "the quote that opens here is never closed");
            const bool doubled = close + 1 < text_.size() && text_[close + 1] == '"';
            if (doubled) {
                scratch_.append(text_, begin, close + 1 - begin);
                begin = close + 2;
                continue;
            }
            if (begin == open + 1) {
                fields_.push_back(text_.substr(begin, close - begin));
            } else {
                scratch_.append(text_, begin, close - begin);
                copied_.push_back(
                    {fields_.size(), open + 1, copy_begin, scratch_.size() - copy_begin});
                fields_.push_back({});
            }
            position_ = close + 1;
            return;
        }
    }

    /// Moves over what ends a quoted field; true if another field follows.
    bool skip_delimiter() {
        const std::string_view rest = text_.substr(position_);
        if (rest.starts_with(delimiter_)) {
            position_ += delimiter_.size();
            return true;
        }
        if (rest.starts_with("\r\n"))
            position_ += 2;
        else if (rest.starts_with('\n') || rest == "\r")
            position_ += 1;
        else if (!rest.empty())
            throw error_at_position(position_, "text follows a closing quote; expected " +
                                                   detail::shown(delimiter_) +
                                                   " or the end of the line (a quote within a "
                                                   "quoted field is written twice)");
        return false;
    }

    void check_width() {
        if (width_ == 0) {
            width_ = fields_.size();
            width_line_ = line_;
        }
        if (ragged_ || fields_.size() == width_)
            return;
        throw error_at(std::min(width_, fields_.size() - 1),
                       "the row has " + std::to_string(fields_.size()) + " fields; expected " +
                           std::to_string(width_) + ", as in line " + std::to_string(width_line_));
    }

    [[nodiscard]] std::size_t line_ends(std::size_t begin, std::size_t end) const {
        const std::string_view part = text_.substr(begin, end - begin);
        return static_cast<std::size_t>(std::count(part.begin(), part.end(), '\n'));
    }

    [[nodiscard]] data_error error_at_position(std::size_t position,
                                               const std::string& what) const {
        const std::size_t lines = line_ends(row_begin_, position);
        const std::size_t begin =
            lines == 0 ? row_begin_ : text_.substr(0, position).rfind('\n') + 1;
        return {name_, line_ + lines, position - begin + 1, what};
    }

    std::string name_;
    std::unique_ptr<detail::mapped_file> file_;
    std::unique_ptr<detail::decoded_text> decoded_; ///< none in a reader that another one made
    std::string_view text_;
    std::string delimiter_;
    bool quoted_ = false;
    bool ragged_ = false;
    std::size_t width_ = 0;
    std::size_t width_line_ = 0;
    std::size_t position_ = 0;
    std::size_t next_line_ = 1;
    std::size_t line_ = 0;
    std::size_t row_begin_ = 0;
    aligned_vector<std::string_view> fields_;
    aligned_vector<copied_field> copied_;
    std::string scratch_;
};

} // namespace hybrec
