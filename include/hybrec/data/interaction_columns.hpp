// SPDX-License-Identifier: MIT
/// @file
/// Which columns of a table hold users, items, weights and times.
#pragma once

#include <hybrec/data/text_encoding.hpp>
#include <hybrec/sparse/build.hpp>

#include <limits>
#include <string>
#include <string_view>

namespace hybrec {

/// Whether the first row names the columns.
enum class header_row : unsigned char {
    automatic, ///< yes if it holds a usual or a requested name, or no number where one is due
    present,
    absent
};

/// As the name of a column: the table has none, whatever its header says.
inline constexpr std::string_view no_column = "-";

/// What `read_interactions` reads from a table.
///
/// A column is named by its text in the header, or by its number from "1". Empty names stand for
/// the usual ones (`user_id`, `movieId`, `rating`, `quantity`, `timestamp`, …) whatever their case,
/// `_`, `-` and spaces, also with a type as in `user_id:token`; without a header, for the columns 1
/// (user), 2 (item), 3 (weight) and 4 (time). `no_column` leaves an optional column out.
struct interaction_columns {
    std::string user = "";
    std::string item = "";
    std::string weight = "";    ///< optional: a rating, a quantity; without it every weight is 1
    std::string time = "";      ///< optional: seconds since 1970, or ISO 8601
    std::string kind = "";      ///< optional: the kind of event, any text
    std::string delimiter = ""; ///< empty: detected, see `delimited_options`
    header_row header = header_row::automatic;
    text_encoding encoding = text_encoding::automatic;
    /// Events below this weight are skipped, as if the file did not have them.
    float minimum_weight = -std::numeric_limits<float>::infinity();
    duplicates repeated = duplicates::sum; ///< what the matrix holds for repeated events
};

} // namespace hybrec
