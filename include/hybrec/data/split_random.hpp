// SPDX-License-Identifier: MIT
/// @file
/// Splits interactions at random.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/data/detail/split_entries.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/data/split.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec {

/// How `split_random` splits.
struct random_split_options {
    double test_fraction = 0.2; ///< the chance of each entry to be in the test part; in (0, 1)
    std::uint64_t seed = 42;
};

/// Draws for every entry whether it is in the test part. The draw depends on the seed, the user and
/// the item alone: entries that are added later do not move the others, and a user's repeated
/// events with an item stay together.
/// @throws option_error if the fraction is outside (0, 1); data_error if it is the training part of a
///         split with the same seed, of which nothing can be drawn. Complexity: O(entries).
template <class = on_use>
[[nodiscard]] split split_random(const user_items& matrix,
                                 const random_split_options& options = {}) {
    detail::require_fraction("split_random", "test_fraction", options.test_fraction);
    const counter_random random{options.seed};
    std::vector<bool> is_test(matrix.entry_count());
    for (std::size_t user = 0; user < matrix.row_count(); ++user) {
        const counter_random draws = random.stream(user);
        for (offset at = matrix.offsets()[user]; at < matrix.offsets()[user + 1]; ++at)
            is_test[at] = draws.uniform(matrix.columns()[at].value()) < options.test_fraction;
    }
    if (options.test_fraction * static_cast<double>(is_test.size()) > 20 &&
        std::find(is_test.begin(), is_test.end(), true) == is_test.end())
        fail<data_error>({"split_random: no entry was drawn with seed ", options.seed,
                          "; to split the training part of a split once more, give another seed"});
    return detail::split_marked(matrix, is_test);
}

/// Splits `log.matrix`.
template <class = on_use>
[[nodiscard]] split split_random(const interaction_log& log,
                                 const random_split_options& options = {}) {
    return split_random(log.matrix, options);
}

} // namespace hybrec
