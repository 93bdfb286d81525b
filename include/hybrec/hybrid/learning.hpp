// SPDX-License-Identifier: MIT
/// @file
/// What a hybrid learns from.
#pragma once

#include <cstddef>

namespace hybrec {

struct learning_options {
    std::size_t depth = 100;    ///< how many of each part's best items take part for a user
    std::size_t most_users = 0; ///< users that are looked at, evenly spread; 0: all
};

} // namespace hybrec
