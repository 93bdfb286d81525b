// SPDX-License-Identifier: MIT
/// @file
/// What a pass through a network runs with.
#pragma once

#include <hybrec/core/threads.hpp>

#include <cstddef>
#include <cstdint>

namespace hybrec::neural {

/// Where a training pass runs, and what names its random numbers.
struct pass {
    execution where{};
    std::uint64_t seed = 0; ///< of dropout
    std::uint64_t step = 0; ///< batches before this one: every batch drops others
};

/// Rows of a batch that a thread takes at once. Fixed: results do not depend on threads.
inline constexpr std::size_t rows_at_once = 64;

/// Calls `body(row)` for all rows, which must not depend on each other.
template <class Body>
void for_each_row(std::size_t rows, const execution& where, Body&& body) {
    where.threads().for_chunks_with_affinity(
        rows, rows_at_once,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t row = begin; row < end; ++row)
                body(row);
        },
        where.stop);
}

} // namespace hybrec::neural
