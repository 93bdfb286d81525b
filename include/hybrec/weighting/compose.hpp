// SPDX-License-Identifier: MIT
/// @file
/// Composes weightings with `|`, from left to right.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/weighting.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/detail/change_rows.hpp>
#include <hybrec/weighting/detail/weigh_log.hpp>

#include <utility>

namespace hybrec {

/// Two event schemes, one after the other; itself an event scheme.
template <class First, class Second>
struct event_composition {
    First first;
    Second second;

    /// The weight of `event` after both. Only where neither has to see the log first.
    [[nodiscard]] float weigh(interaction event) const requires
        event_weighting_of<First, interaction> && event_weighting_of<Second, interaction> {
        event.weight = static_cast<float>(first.weigh(event));
        return static_cast<float>(second.weigh(event));
    }

    /// Both schemes bound to `log`. @throws as their `bind` do.
    [[nodiscard]] auto bind(const interaction_log& log) const {
        using bound_first = decltype(detail::bind_to(first, log));
        using bound_second = decltype(detail::bind_to(second, log));
        return event_composition<bound_first, bound_second>{detail::bind_to(first, log),
                                                            detail::bind_to(second, log)};
    }

    /// The matrix of the reweighted events of `log`.
    [[nodiscard]] user_items operator()(const interaction_log& log,
                                        const execution& where = {}) const {
        return detail::weigh_log(*this, log, where);
    }
};

/// Two matrix schemes, one after the other; itself a matrix scheme.
template <class First, class Second>
struct matrix_composition {
    First first;
    Second second;

    /// The matrix after both; works in place where they do.
    template <sparse_source Matrix>
    requires matrix_weighting_of<First, weighted_matrix<Matrix>> &&
        matrix_weighting_of<Second, weighted_matrix<Matrix>>
    [[nodiscard]] weighted_matrix<Matrix> operator()(Matrix&& matrix,
                                                     const execution& where = {}) const {
        return detail::weigh_matrix(
            second, detail::weigh_matrix(first, std::forward<Matrix>(matrix), where), where);
    }
};

/// An event scheme and a matrix scheme: from a log to the matrix that a model is fitted on.
template <class Events, class Matrix>
struct log_weighting {
    Events events;
    Matrix matrix;

    /// Reweights the events of `log`, sums them up by user and item, and reweights the matrix.
    [[nodiscard]] user_items operator()(const interaction_log& log,
                                        const execution& where = {}) const {
        return detail::weigh_matrix(matrix, detail::weigh_log(events, log, where), where);
    }
};

/// `time_decay{…} | event_weights{…} | bm25{…}`: what stands left is applied first. Schemes of one
/// family compose to that family. Event schemes followed by matrix schemes compose to a weighting
/// of logs. A matrix scheme followed by an event scheme does not compile: the events are gone.
template <detail::event_scheme First, detail::event_scheme Second>
[[nodiscard]] event_composition<First, Second> operator|(First first, Second second) {
    return {std::move(first), std::move(second)};
}

template <detail::matrix_scheme First, detail::matrix_scheme Second>
[[nodiscard]] matrix_composition<First, Second> operator|(First first, Second second) {
    return {std::move(first), std::move(second)};
}

template <detail::event_scheme Events, detail::matrix_scheme Matrix>
[[nodiscard]] log_weighting<Events, Matrix> operator|(Events events, Matrix matrix) {
    return {std::move(events), std::move(matrix)};
}

template <class Events, class First, detail::matrix_scheme Second>
[[nodiscard]] log_weighting<Events, matrix_composition<First, Second>>
operator|(log_weighting<Events, First> log, Second second) {
    return {std::move(log.events), {std::move(log.matrix), std::move(second)}};
}

template <detail::event_scheme First, class Second, class Matrix>
[[nodiscard]] log_weighting<event_composition<First, Second>, Matrix>
operator|(First first, log_weighting<Second, Matrix> log) {
    return {{std::move(first), std::move(log.events)}, std::move(log.matrix)};
}

} // namespace hybrec
