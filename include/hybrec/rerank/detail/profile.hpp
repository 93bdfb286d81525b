// SPDX-License-Identifier: MIT
/// @file
/// What a user is interested in, by the features of the items in the history.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>

#include <cstddef>
#include <vector>

namespace hybrec::detail {

/// Writes p(f|u) = Σₕ w(u, h)·p(f|h) / Σₕ w(u, h) for every feature (Steck 2018, equation 3), where
/// p(f|h) is the share of the feature in the row of item h. The history is what `histories` has for a
/// known user, and the request's own. Negative weights and features, and items without features, do
/// not count. Returns false, and leaves `out` unspecified, where nothing counts.
template <item_feature_matrix Features, user_item_matrix Histories, class Context>
bool fill_profile(const Features& features, const Histories& histories, const request<Context>& who,
                  std::vector<double>& out) {
    out.assign(features.column_count(), 0);
    double total = 0;
    const auto add = [&](item_index item, double weight) {
        if (!(weight > 0) || item.value() >= features.row_count())
            return;
        const auto row = features.row(item);
        double sum = 0;
        for (const auto value : row.values())
            sum += value > 0 ? static_cast<double>(value) : 0;
        if (!(sum > 0))
            return;
        for (const auto [feature, value] : row)
            if (value > 0)
                out[feature.value()] += weight * (static_cast<double>(value) / sum);
        total += weight;
    };
    if (who.user && who.user->value() < histories.row_count())
        for (const auto [item, weight] : histories.row(*who.user))
            add(item, static_cast<double>(weight));
    for (const auto& [item, weight] : who.history)
        add(item, static_cast<double>(weight));
    if (!(total > 0))
        return false;
    for (double& share : out)
        share /= total;
    return true;
}

} // namespace hybrec::detail
