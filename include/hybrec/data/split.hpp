// SPDX-License-Identifier: MIT
/// @file
/// The two parts of a split.
#pragma once

#include <hybrec/sparse/csr.hpp>

namespace hybrec {

/// A matrix of interactions in two parts that share no entry. Both have the shape of the whole, so
/// that indices mean the same everywhere.
struct split {
    user_items train = {};
    user_items test = {};

    friend bool operator==(const split&, const split&) = default;
};

} // namespace hybrec
