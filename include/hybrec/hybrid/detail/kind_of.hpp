// SPDX-License-Identifier: MIT
/// @file
/// Passes the kind of normalized scores on to what sums them.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/scored.hpp>

namespace hybrec::detail {

/// Base of convex combinations: their scores are of the kind that the normalizer makes, if it makes one.
template <class Normalizer>
struct kind_of {
    friend constexpr bool operator==(const kind_of&, const kind_of&) noexcept = default;
};
template <makes_own_kind Normalizer>
struct kind_of<Normalizer> {
    static constexpr score_kind kind = Normalizer::kind;
    friend constexpr bool operator==(const kind_of&, const kind_of&) noexcept = default;
};

/// Base of other sums: they have a scale of their own, which is no probability.
template <class Normalizer>
struct preference_of {
    friend constexpr bool operator==(const preference_of&, const preference_of&) noexcept = default;
};
template <makes_own_kind Normalizer>
struct preference_of<Normalizer> {
    static constexpr score_kind kind = score_kind::preference;
    friend constexpr bool operator==(const preference_of&, const preference_of&) noexcept = default;
};

} // namespace hybrec::detail
