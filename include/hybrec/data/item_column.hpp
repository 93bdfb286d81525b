// SPDX-License-Identifier: MIT
/// @file
/// A column of a table of items.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/data/detail/parse.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <vector>

namespace hybrec {

/// What a table of items says in one of its columns, in the words of the file.
struct item_column {
    std::string name;               ///< in the table's header, without a type ("year:float")
    std::vector<std::string> texts; ///< by item; empty where nothing is known

    /// The texts as numbers; NaN where a text is none ("", "Unknown").
    template <class = on_use>
    [[nodiscard]] std::vector<double> numbers() const {
        std::vector<double> values;
        values.reserve(texts.size());
        for (const std::string& text : texts)
            values.push_back(detail::parse_number<double>(text).value_or(
                std::numeric_limits<double>::quiet_NaN()));
        return values;
    }

    /// The texts as lists of one category, as `item_feature_builder::add_categories` takes them.
    template <class = on_use>
    [[nodiscard]] std::vector<std::vector<std::string>> categories() const {
        std::vector<std::vector<std::string>> lists(texts.size());
        for (std::size_t item = 0; item < texts.size(); ++item)
            if (!texts[item].empty())
                lists[item].push_back(texts[item]);
        return lists;
    }
};

} // namespace hybrec
