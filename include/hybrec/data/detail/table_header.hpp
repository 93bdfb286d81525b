// SPDX-License-Identifier: MIT
/// @file
/// Finds columns by their names, by usual names or by number.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/detail/parse.hpp>
#include <hybrec/data/detail/text_file.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec::detail {

/// A header's name without its type ("user_id:token"), in lower case, without `_`, `-`, blanks.
[[nodiscard]] inline std::string plain_name(std::string_view name) {
    std::string plain;
    for (const char letter : name.substr(0, name.find(':')))
        if (letter >= 'A' && letter <= 'Z')
            plain += static_cast<char>(letter - 'A' + 'a');
        else if (std::string_view{"_- ."}.find(letter) == std::string_view::npos)
            plain += letter;
    return plain;
}

// Usual names, as `plain_name` gives them.
inline constexpr std::array usual_user_names = std::to_array<std::string_view>(
    {"user",       "userid",   "users",      "uid",        "userno",    "username", "userindex",
     "useridx",    "customer", "customerid", "customerno", "client",    "clientid", "member",
     "memberid",   "visitor",  "visitorid",  "account",    "accountid", "reader",   "readerid",
     "reviewerid", "buyer",    "buyerid",    "profileid"});
inline constexpr std::array usual_item_names = std::to_array<std::string_view>(
    {"item",      "itemid",    "items",      "iid",        "itemno",  "itemindex", "itemidx",
     "movie",     "movieid",   "film",       "filmid",     "anime",   "animeid",   "animeids",
     "artist",    "artistid",  "isbn",       "book",       "bookid",  "product",   "productid",
     "productno", "stockcode", "sku",        "asin",       "article", "articleid", "song",
     "songid",    "track",     "trackid",    "game",       "gameid",  "business",  "businessid",
     "recipe",    "recipeid",  "video",      "videoid",    "post",    "postid",    "news",
     "newsid",    "location",  "locationid", "parentasin", "course",  "courseid",  "show"});
inline constexpr std::array usual_weight_names = std::to_array<std::string_view>(
    {"rating",     "ratings",    "score",  "weight",   "quantity",  "qty",
     "feedback",   "count",      "counts", "plays",    "playcount", "listens",
     "watches",    "views",      "clicks", "accessed", "frequency", "strength",
     "preference", "bookrating", "stars",  "overall",  "amount"});
inline constexpr std::array usual_time_names = std::to_array<std::string_view>(
    {"timestamp", "time", "date", "datetime", "unixtime", "unixreviewtime", "createdat",
     "eventtime", "invoicedate", "when"});
inline constexpr std::array usual_kind_names =
    std::to_array<std::string_view>({"event", "eventtype", "action", "actiontype", "behavior",
                                     "behaviour", "behaviortype", "kind", "interactiontype"});

/// The columns of a table, with or without names.
template <class = on_use>
class table_header {
  public:
    table_header(std::string file, std::size_t line, std::span<const std::string_view> row)
        : file_{std::move(file)}, line_{line} {
        for (const std::string_view name : row)
            names_.emplace_back(trimmed(name));
    }

    [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

    /// What a column is called, without its type.
    [[nodiscard]] std::string name(std::size_t column) const {
        return names_[column].substr(0, names_[column].find(':'));
    }

    /// The column with one of the usual names; the first one if there are several.
    [[nodiscard]] std::optional<std::size_t>
    recognised(std::span<const std::string_view> usual) const {
        for (std::size_t column = 0; column < names_.size(); ++column)
            if (std::find(usual.begin(), usual.end(), plain_name(names_[column])) != usual.end())
                return column;
        return std::nullopt;
    }

    /// How many of user, item, weight and time have a usual name.
    [[nodiscard]] int usual_roles() const {
        return recognised(usual_user_names).has_value() + recognised(usual_item_names).has_value() +
               recognised(usual_weight_names).has_value() +
               recognised(usual_time_names).has_value();
    }

    /// The column called exactly `name`, apart from its type.
    [[nodiscard]] std::optional<std::size_t> named(std::string_view name) const {
        for (std::size_t column = 0; column < names_.size(); ++column) {
            const std::string_view own = names_[column];
            if (own == name || own.substr(0, own.find(':')) == name)
                return column;
        }
        return std::nullopt;
    }

    /// The column that a number from "1" stands for.
    [[nodiscard]] std::optional<std::size_t> numbered(std::string_view name) const {
        const auto number = parse_number<std::size_t>(name);
        if (!number || *number == 0 || *number > names_.size())
            return std::nullopt;
        return *number - 1;
    }

    /// `"a", "b", "c"`: the columns for an error message.
    [[nodiscard]] std::string list() const {
        std::string text;
        for (const std::string& name : names_)
            text += (text.empty() ? "" : ", ") + shown(name);
        return text;
    }

    [[nodiscard]] data_error missing(const std::string& what) const {
        return {file_, line_, 0, what};
    }

  private:
    std::string file_;
    std::size_t line_;
    std::vector<std::string> names_;
};

} // namespace hybrec::detail
