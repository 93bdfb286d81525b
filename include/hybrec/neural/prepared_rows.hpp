// SPDX-License-Identifier: MIT
/// @file
/// What networks over features compute before user and item meet.
#pragma once

#include <hybrec/neural/embedding_bag.hpp>
#include <hybrec/neural/matrix.hpp>

#include <cstddef>

namespace hybrec::neural {

/// What a network computes of the rows of one side alone, so that a pair costs only the rest.
template <class T>
struct prepared_rows {
    matrix<T> vectors;      ///< what stands for a row: the sum of the vectors of its fields
    matrix<T> hidden;       ///< its part of the tower's first layer
    matrix<T> ahead;        ///< what `tower_scorer::look_ahead_items`, or `_user`, makes of it
    matrix<T> rest;         ///< its part of the logit (one column)
    matrix<T> tokens;       ///< of networks that look at items: what they look at
    matrix<T> shared;       ///< of the same networks: what all pairs share
    weighted_lists<T> keys; ///< of networks that cross categories: the row's
    matrix<T> crossed;      ///< of these, too: what each category of items adds with this one user

    void resize(std::size_t rows, std::size_t size, std::size_t width) {
        vectors.resize(rows, size);
        hidden.resize(rows, width);
        rest.resize(rows, 1);
        keys.clear();
    }
};

} // namespace hybrec::neural
