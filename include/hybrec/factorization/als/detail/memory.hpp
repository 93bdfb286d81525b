// SPDX-License-Identifier: MIT
/// @file
/// How much memory training takes.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/factorization/als/options.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/simd/bfloat16_rows.hpp>
#include <hybrec/simd/gram_matrix.hpp>
#include <hybrec/simd/syrk_bfloat16.hpp>

#include <algorithm>
#include <cstddef>

namespace hybrec::detail {

/// The bytes that training holds at its peak beside the caller's matrix, at most: values that have
/// one-byte codes take less.
template <class Value>
[[nodiscard]] std::size_t als_bytes(const als_options& options, std::size_t users,
                                    std::size_t items, std::size_t entries, std::size_t threads) {
    const std::size_t padded = padded_size<Value>(options.factors);
    const std::size_t square = padded * padded * sizeof(Value);
    const std::size_t index_bytes = users > std::size_t{1} << 24   ? 4
                                    : users > std::size_t{1} << 16 ? 3
                                                                   : 2;
    // And the longer one rounded, which some solvers read.
    const std::size_t tables =
        (users + items) * padded * sizeof(Value) +
        (sizeof(Value) == sizeof(float) ? std::max(users, items) * simd::bfloat16_words(padded) * 4
                                        : 0);
    const std::size_t transposed =
        entries * (index_bytes + sizeof(Value)) + (1 + threads) * (items + 1) * sizeof(offset);
    const std::size_t history =
        options.keep_history
            ? entries * (sizeof(item_index) + sizeof(Value)) + (users + 1) * sizeof(offset)
            : 0;
    // Partial Gram matrices, the basis and its double-precision decomposition, then each thread's
    // system and panels.
    const std::size_t squares = (gram_parts + 12) * square +
                                threads * (2 * square + (2 * 66 + 256) * padded * sizeof(Value));
    const std::size_t panels =
        threads * (simd::bfloat16_panel::bytes(padded) + 6 * padded * sizeof(float));
    // A row may hold every user or every item: where its vectors are, whole and rounded, what the
    // solvers keep of its entries, and two unpacked rows.
    const std::size_t rows =
        threads * std::max(users, items) * (2 * sizeof(Value*) + 5 * sizeof(Value) + 16);
    return tables + transposed + history + squares + panels + rows +
           (users + items) * sizeof(Value) + search_index::estimate_bytes(items, options.factors);
}

} // namespace hybrec::detail
