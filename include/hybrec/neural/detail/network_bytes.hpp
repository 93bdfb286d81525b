// SPDX-License-Identifier: MIT
/// @file
/// How much memory the training of a network over ids and features takes.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/neural/feature_fields.hpp>
#include <hybrec/neural/rating_samples.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hybrec::neural::detail {

/// The tables with two moments and the best epoch's, what is prepared of items, the samples, and the
/// values of a batch of 10,000. @param extra values of what a model has beyond tables and tower
template <class Options>
[[nodiscard]] std::size_t network_bytes(const Options& options, std::size_t users,
                                        std::size_t items, std::size_t entries,
                                        std::size_t extra) noexcept {
    const std::size_t padded = padded_size<float>(options.embedding);
    std::size_t widths = 2 * padded, weights = 0, before = 2 * padded;
    for (const std::size_t width : options.hidden) {
        widths += padded_size<float>(width);
        weights += before * padded_size<float>(width);
        before = width;
    }
    std::size_t first_two = 0; // of the tower's layers are prepared for every item
    for (std::size_t layer = 0; layer < std::min<std::size_t>(2, options.hidden.size()); ++layer)
        first_two += padded_size<float>(options.hidden[layer]);
    if (options.hidden.size() > 1) // once more the first one, and its bytes: see `pair_layer`
        first_two += padded_size<float>(options.hidden[0]) * 5 / 4;
    return sizeof(float) *
               (5 * ((users + items) * (padded + 16) + weights) + (users + items) * padded * 2 +
                items * (padded + first_two + 16) + 10'000 * 4 * widths + extra) +
           entries * sizeof(rating_sample) +
           entries * (1 + options.negatives) * sizeof(std::uint32_t);
}

/// The copies of the fields, and the vectors of their categories with moments and the best epoch's.
template <class = on_use>
[[nodiscard]] std::size_t field_bytes(const feature_fields& fields,
                                      std::size_t embedding) noexcept {
    std::size_t bytes = 0;
    const auto add = [&](const auto& side) {
        for (const auto& field : side)
            bytes +=
                2 * 8 * field.entry_count() + 16 * field.row_count() +
                sizeof(float) * 5 * field.column_count() * (padded_size<float>(embedding) + 16);
    };
    add(fields.users);
    add(fields.items);
    return bytes;
}

} // namespace hybrec::neural::detail
