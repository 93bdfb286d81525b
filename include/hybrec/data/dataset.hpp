// SPDX-License-Identifier: MIT
/// @file
/// Interactions together with what is known about the items.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/data/item_column.hpp>
#include <hybrec/sparse/csr.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec {

/// What `read_dataset` and `make_synthetic_catalogue` deliver.
struct dataset {
    std::string name = {}; ///< of the folder or file it came from
    interaction_log log = {};
    std::vector<std::string> titles = {}; ///< by item; an empty text if unknown; may be empty
    std::vector<std::vector<std::string>> categories = {}; ///< by item; may be empty
    std::vector<item_column> columns =
        {}; ///< what else a table of items says; each as long as `log.items`
    std::optional<user_items> validation =
        {};                              ///< of a published split, in the shape of `log.matrix`
    std::optional<user_items> test = {}; ///< of a published split, in the shape of `log.matrix`

    /// The title of `item`, or its id if it has none. @pre `item` is in `log.items`.
    [[nodiscard]] std::string title(item_index item) const {
        if (item.value() < titles.size() && !titles[item.value()].empty())
            return titles[item.value()];
        return std::string{log.items[item]};
    }

    /// The column called `name`. @throws option_error that lists those there are.
    template <class = on_use>
    [[nodiscard]] const item_column& column(std::string_view wanted) const {
        std::string known;
        for (const item_column& each : columns) {
            if (each.name == wanted)
                return each;
            known += (known.empty() ? "\"" : ", \"") + each.name + "\"";
        }
        fail<option_error>({name, ": there is no column \"", wanted, "\" of items; there are ",
                            (known.empty() ? "none" : known)});
    }
};

} // namespace hybrec
