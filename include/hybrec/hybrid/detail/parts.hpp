// SPDX-License-Identifier: MIT
/// @file
/// What hybrids ask of all of their parts together.
#pragma once

#include <hybrec/core/request.hpp>
#include <hybrec/hybrid/component.hpp>

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <utility>

// Parts are held models, or what has a model inside: `model_of` tells which.
namespace hybrec::detail {

/// Calls `visitor(model, k)` for every part.
template <class... Parts, class Visitor>
void for_each_part(const std::tuple<Parts...>& parts, const Visitor& visitor) {
    [&]<std::size_t... Part>(std::index_sequence<Part...>) {
        (visitor(model_of(std::get<Part>(parts)), Part), ...);
    }
    (std::index_sequence_for<Parts...>{});
}

/// Users of the part that has most.
template <class... Parts>
[[nodiscard]] std::size_t most_users(const std::tuple<Parts...>& parts) noexcept {
    std::size_t most = 0;
    for_each_part(parts, [&](const auto& model, std::size_t) {
        most = std::max(most, std::size_t{model.user_count()});
    });
    return most;
}

/// Items of the part that has most.
template <class... Parts>
[[nodiscard]] std::size_t most_items(const std::tuple<Parts...>& parts) noexcept {
    std::size_t most = 0;
    for_each_part(parts, [&](const auto& model, std::size_t) {
        most = std::max(most, std::size_t{model.item_count()});
    });
    return most;
}

/// Whether some part has a basis to answer.
template <class... Parts, class Context>
[[nodiscard]] bool some_part_knows(const std::tuple<Parts...>& parts,
                                   const request<Context>& who) noexcept {
    bool known = false;
    for_each_part(
        parts, [&](const auto& model, std::size_t) { known = known || knows_request(model, who); });
    return known;
}

} // namespace hybrec::detail
