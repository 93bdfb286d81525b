// SPDX-License-Identifier: MIT
/// @file
/// Decides which columns of a table of interactions hold what.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/data/delimited.hpp>
#include <hybrec/data/detail/parse.hpp>
#include <hybrec/data/detail/table_header.hpp>
#include <hybrec/data/interaction_columns.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace hybrec::detail {

/// Where the parts of an interaction are within a row.
struct interaction_layout {
    bool has_header = false;
    std::size_t user = 0;
    std::size_t item = 0;
    std::optional<std::size_t> weight;
    std::optional<std::size_t> time;
    std::optional<std::size_t> kind;
};

/// Reads the layout from the first row of a table.
template <class = on_use>
class layout_finder {
  public:
    /// @pre `reader` stands on the first row.
    layout_finder(const delimited_reader& reader, const interaction_columns& wanted)
        : header_{reader.file(), reader.line(), reader.fields()},
          wanted_{wanted},
          first_row_{reader.fields()} {}

    /// @throws data_error listing the columns if one does not exist or cannot be recognised.
    [[nodiscard]] interaction_layout find() const {
        interaction_layout layout;
        layout.has_header = has_header();
        if (header_.size() < 2)
            throw header_.missing("there is one column, " + header_.list() +
                                  "; expected at least a user and an item; "
                                  "interaction_columns::delimiter sets what separates them");
        layout.user = required(wanted_.user, "user", usual_user_names, 0, layout.has_header);
        layout.item = required(wanted_.item, "item", usual_item_names, 1, layout.has_header);
        layout.weight =
            optional(wanted_.weight, "weight", usual_weight_names, 2, layout.has_header);
        layout.time = optional(wanted_.time, "time", usual_time_names, 3, layout.has_header);
        layout.kind =
            optional(wanted_.kind, "kind", usual_kind_names, header_.size(), layout.has_header);
        return layout;
    }

  private:
    [[nodiscard]] bool has_header() const {
        if (wanted_.header != header_row::automatic)
            return wanted_.header == header_row::present;
        // One usual name alone may be an id ("ann,book,3") if the columns are numbered.
        const int usual = header_.usual_roles();
        bool all_empty = true;
        bool numbered = false;
        for (const std::string* name :
             {&wanted_.user, &wanted_.item, &wanted_.weight, &wanted_.time, &wanted_.kind}) {
            if (name->empty() || *name == no_column)
                continue;
            all_empty = false;
            // A name that is no number can only come from a header.
            if (header_.named(*name) || !parse_number<std::size_t>(*name))
                return true;
            numbered = true;
        }
        if (usual >= (numbered ? 2 : 1))
            return true;
        return all_empty && header_.size() > 2 && !parse_weight(first_row_[2]) &&
               wanted_.weight != no_column;
    }

    [[nodiscard]] std::size_t required(const std::string& name, std::string_view role,
                                       std::span<const std::string_view> usual,
                                       std::size_t position, bool has_header) const {
        if (!name.empty())
            return requested(name, role, has_header);
        if (!has_header)
            return position;
        if (const auto column = header_.recognised(usual))
            return *column;
        throw header_.missing("no column is recognised as the " + std::string{role} +
                              "; the columns are " + header_.list() +
                              "; name it in interaction_columns::" + std::string{role} +
                              ", or set interaction_columns::header if this row is no header");
    }

    [[nodiscard]] std::optional<std::size_t> optional(const std::string& name,
                                                      std::string_view role,
                                                      std::span<const std::string_view> usual,
                                                      std::size_t position, bool has_header) const {
        if (name == no_column)
            return std::nullopt;
        if (!name.empty())
            return requested(name, role, has_header);
        if (has_header)
            return header_.recognised(usual);
        return position < header_.size() ? std::optional{position} : std::nullopt;
    }

    [[nodiscard]] std::size_t requested(const std::string& name, std::string_view role,
                                        bool has_header) const {
        if (has_header)
            if (const auto column = header_.named(name))
                return *column;
        if (const auto column = header_.numbered(name))
            return *column;
        throw header_.missing("there is no column " + shown(name) + " for the " +
                              std::string{role} + "; " +
                              (has_header ? "the columns are " + header_.list()
                                          : "without a header, columns are named \"1\" to \"" +
                                                std::to_string(header_.size()) + "\""));
    }

    table_header<> header_;
    const interaction_columns& wanted_;
    std::span<const std::string_view> first_row_;
};

} // namespace hybrec::detail
