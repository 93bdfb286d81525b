// SPDX-License-Identifier: MIT
/// @file
/// Reads a log of interactions from a delimited text file.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/delimited.hpp>
#include <hybrec/data/detail/interaction_layout.hpp>
#include <hybrec/data/detail/parallel_log.hpp>
#include <hybrec/data/detail/parse.hpp>
#include <hybrec/data/id_map.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_columns.hpp>
#include <hybrec/data/interaction_log.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace hybrec {

namespace detail {

/// Collects the rows of a table of interactions.
template <class = on_use>
class interaction_reader {
  public:
    /// @param part_bytes how much text a thread reads at a time; 0: one thread reads row by row. The
    ///                   result does not depend on it.
    interaction_reader(delimited_reader& reader, const interaction_columns& columns,
                       std::size_t part_bytes = std::size_t{1} << 20)
        : reader_{reader}, columns_{columns}, part_bytes_{part_bytes} {}

    [[nodiscard]] interaction_log read(const execution& where) {
        if (!reader_.next())
            throw data_error{reader_.file(), 0, 0,
                             "is empty; expected a row for each interaction: user, item and, if "
                             "there are any, weight and time"};
        layout_ = layout_finder{reader_, columns_}.find();
        if (layout_.has_header && !reader_.next())
            throw data_error{reader_.file(), reader_.line(), 0,
                             "there is a header but no interaction; expected at least one row"};
        log_.has_times = layout_.time.has_value();
        // Whether a pair has occurred before is known only to who has read all of the rows above.
        if (columns_.repeated == duplicates::refuse || part_bytes_ == 0 ||
            !parallel_log{reader_, columns_, layout_, part_bytes_, where}.read(log_))
            do
                read_row();
            while (reader_.next());
        log_.matrix =
            to_matrix(log_.events, log_.users.size(), log_.items.size(), columns_.repeated, where);
        return std::move(log_);
    }

  private:
    void read_row() {
        interaction event;
        const std::string_view user = id(layout_.user, "user");
        const std::string_view item = id(layout_.item, "item");
        if (layout_.weight)
            event.weight = weight(*layout_.weight);
        if (layout_.time)
            event.time = time(*layout_.time);
        if (event.weight < columns_.minimum_weight)
            return;
        event.user = log_.users.add(user);
        event.item = log_.items.add(item);
        if (layout_.kind)
            event.kind = kind(reader_[*layout_.kind]);
        if (columns_.repeated == duplicates::refuse && !first_of_its_pair(event))
            throw reader_.error_at(layout_.user, "user " + shown(user) + " and item " +
                                                     shown(item) +
                                                     " occur together for the second time, which "
                                                     "duplicates::refuse forbids");
        log_.events.push_back(event);
    }

    /// Whether none of the rows before is of the same user and item.
    [[nodiscard]] bool first_of_its_pair(const interaction& event) {
        const std::size_t known = pairs_.size();
        pairs_.add(static_cast<std::int64_t>((std::uint64_t{event.user.value()} << 32) |
                                             event.item.value()));
        return pairs_.size() != known;
    }

    [[nodiscard]] std::string_view id(std::size_t column, std::string_view role) const {
        const std::string_view text = reader_[column];
        if (trimmed(text).empty())
            throw reader_.error_at(column,
                                   "the " + std::string{role} + " is empty; expected an id");
        return text;
    }

    [[nodiscard]] float weight(std::size_t column) const {
        if (const auto value = parse_weight(reader_[column]))
            return *value;
        throw reader_.error_at(column, "the weight is " + shown(reader_[column]) +
                                           "; expected a finite number");
    }

    [[nodiscard]] unix_seconds time(std::size_t column) const {
        if (const auto value = parse_time(reader_[column]))
            return *value;
        throw reader_.error_at(column, "the time is " + shown(reader_[column]) +
                                           "; expected seconds since 1970, or a date such as "
                                           "2024-05-01 or 2024-05-01T12:30:00Z");
    }

    /// Kinds are few, so a linear search is enough.
    [[nodiscard]] std::uint32_t kind(std::string_view name) {
        const auto found = std::find(log_.kinds.begin(), log_.kinds.end(), name);
        const auto position = static_cast<std::uint32_t>(found - log_.kinds.begin());
        if (found == log_.kinds.end())
            log_.kinds.emplace_back(name);
        return position;
    }

    delimited_reader& reader_;
    const interaction_columns& columns_;
    std::size_t part_bytes_;
    interaction_layout layout_;
    interaction_log log_;
    id_map<user_index, std::int64_t> pairs_; ///< only used to refuse duplicates
};

} // namespace detail

/// Reads one interaction per row. Ids are numbered in the order of their first appearance.
///
/// `read_interactions("purchases.csv", {.user = "user_id", .item = "item_id", .weight =
/// "quantity"})`
///
/// Complexity: O(bytes), plus building the matrix.
/// @throws data_error naming file, line and column: a column that does not exist, a row with
///         another number of fields, an empty id, a weight that is not finite, a bad time; also if
///         the file cannot be read or has no interactions. Nothing is returned then.
/// @throws option_error if `minimum_weight` is not a number.
template <class = on_use>
[[nodiscard]] interaction_log read_interactions(const std::filesystem::path& path,
                                                const interaction_columns& columns = {},
                                                const execution& where = {}) {
    require_option(!std::isnan(columns.minimum_weight), "interaction_columns", "minimum_weight",
                   static_cast<double>(columns.minimum_weight), "a number");
    delimited_reader reader{
        path, {.delimiter = columns.delimiter, .encoding = columns.encoding}, where};
    return detail::interaction_reader{reader, columns}.read(where);
}

} // namespace hybrec
