// SPDX-License-Identifier: MIT
/// @file
/// Business rule: what is new counts more.
#pragma once

#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/clock.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/rerank/detail/property.hpp>

#include <utility>
#include <vector>

namespace hybrec {

struct freshness_options {
    double half_life =
        30.0 * 86'400; ///< seconds in which a score loses half; above 0, may be infinite
};

/// `freshness{published, now, {.half_life = 7 * 86400.0}}`: multiplies scores by 2^(−age / half_life).
/// `Published` gives the second at which an item appeared, as `in_stock` takes stocks; items beyond the
/// end of a list, or from the future, count as new. `Clock` as in `embargo`.
template <class Published, class Clock>
class freshness {
  public:
    /// @throws option_error unless `half_life` is above 0.
    freshness(Published published, Clock now, freshness_options options = {})
        : published_{std::move(published)}, now_{std::move(now)}, options_{options} {
        require_option(options.half_life > 0, "freshness", "half_life", options.half_life,
                       "a number of seconds above 0");
    }

    template <class Context>
    requires detail::property_giving<Published, unix_seconds, request<Context>> &&
        detail::clock_for<Clock, request<Context>>
    [[nodiscard]] double factor(const request<Context>& who, item_index item) const noexcept {
        return detail::with_property(
            published_, who, item, 1.0, [&](unix_seconds published) noexcept {
                const double age = static_cast<double>(detail::instant_of(now_, who)) -
                                   static_cast<double>(published);
                return age > 0 ? std::exp2(-age / options_.half_life) : 1.0;
            });
    }

  private:
    Published published_;
    Clock now_;
    freshness_options options_;
};

template <class Published, class Clock>
freshness(Published, Clock, freshness_options = {}) -> freshness<Published, Clock>;

} // namespace hybrec
