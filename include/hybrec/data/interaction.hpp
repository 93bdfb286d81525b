// SPDX-License-Identifier: MIT
/// @file
/// One event of a log: who did what with which item, how strongly, and when.
#pragma once

#include <hybrec/core/clock.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/range_concepts.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/csr.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hybrec {

/// One event of a log. 24 bytes.
struct interaction {
    user_index user{};
    item_index item{};
    float weight = 1;       ///< a rating, a quantity, a play count; 1 if the source has none
    std::uint32_t kind = 0; ///< position in the log's list of event kinds; 0 if there is none
    unix_seconds time = 0;  ///< 0 if the source has no times

    friend constexpr bool operator==(const interaction&, const interaction&) noexcept = default;
};

/// The matrix of any range of events: the weights of a user's events with an item are combined as
/// `repeated` says. Order of the events matters only to `duplicates::last`.
/// @throws as `build_csr` does.
template <std::ranges::input_range Events>
requires std::convertible_to<std::ranges::range_reference_t<Events>, interaction>
[[nodiscard]] user_items to_matrix(Events&& events, std::size_t user_count, std::size_t item_count,
                                   duplicates repeated = duplicates::sum,
                                   const execution& where = {}) {
    return build_csr<user_index, item_index, float>(
        std::forward<Events>(events),
        {.row_count = user_count,
         .column_count = item_count,
         .fixed_shape = true,
         .repeated = repeated},
        where, [](const interaction& event) {
            return triplet<user_index, item_index, float>{event.user, event.item, event.weight};
        });
}

} // namespace hybrec
