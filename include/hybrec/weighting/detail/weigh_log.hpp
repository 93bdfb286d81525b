// SPDX-License-Identifier: MIT
/// @file
/// Applies event schemes to logs, and matrix schemes with or without an execution.
#pragma once

#include <hybrec/concepts/weighting.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <type_traits>
#include <utility>

namespace hybrec::detail {

/// Weighs single events, or does so once it has seen the log.
template <class Scheme>
concept event_scheme = event_weighting_of<Scheme, interaction> ||
    bindable_weighting_of<Scheme, interaction_log, interaction>;

template <class Scheme>
concept matrix_scheme = matrix_weighting_of<Scheme, user_items>;

/// What weighs the events of `log`: the scheme itself where it need not see the log.
template <event_scheme Scheme>
[[nodiscard]] auto bind_to(const Scheme& scheme, const interaction_log& log) {
    if constexpr (bindable_weighting_of<Scheme, interaction_log, interaction>)
        return scheme.bind(log);
    else
        return scheme;
}

/// The matrix of the reweighted events; the weights of a user's events with an item are summed.
template <event_scheme Scheme>
[[nodiscard]] user_items weigh_log(const Scheme& scheme, const interaction_log& log,
                                   const execution& where) {
    const auto bound = bind_to(scheme, log);
    // Weighed once, as building looks at every event more than once.
    bulk_vector<float> weights(log.events.size());
    where.threads().for_chunks(
        weights.size(), std::size_t{1} << 14,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t at = begin; at < end; ++at)
                weights[at] = static_cast<float>(bound.weigh(log.events[at]));
        },
        where.stop);
    return build_csr<user_index, item_index, float>(
        log.events,
        {.row_count = log.users.size(), .column_count = log.items.size(), .fixed_shape = true},
        where, [&](const interaction& event) {
            const auto at = static_cast<std::size_t>(&event - log.events.data());
            return triplet<user_index, item_index, float>{event.user, event.item, weights[at]};
        });
}

/// `scheme(matrix, where)`, or `scheme(matrix)` for a scheme that takes no execution.
/// @param matrix a matrix, or a view, of which a scheme that takes no views gets a copy
template <class Scheme, class Matrix>
[[nodiscard]] auto weigh_matrix(const Scheme& scheme, Matrix&& matrix, const execution& where) {
    if constexpr (requires { scheme(std::forward<Matrix>(matrix), where); }) {
        return scheme(std::forward<Matrix>(matrix), where);
    } else if constexpr (requires { scheme(std::forward<Matrix>(matrix)); }) {
        return scheme(std::forward<Matrix>(matrix));
    } else {
        using given = std::remove_cvref_t<Matrix>;
        return weigh_matrix(scheme,
                            csr_matrix<typename given::row_index, typename given::column_index,
                                       typename given::value_type>{matrix.view()},
                            where);
    }
}

} // namespace hybrec::detail
