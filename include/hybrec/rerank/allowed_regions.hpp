// SPDX-License-Identifier: MIT
/// @file
/// Business rule: only what may be shown where the request comes from.
#pragma once

#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/range_concepts.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/rerank/detail/property.hpp>

#include <algorithm>
#include <concepts>
#include <functional>
#include <utility>

namespace hybrec {

/// `allowed_regions{regions, &shop_context::country}`: hides items that do not list the region of the
/// request. `Regions` gives a range of regions for an item, as `in_stock` takes stocks; an item without
/// any is allowed nowhere. `RegionOf` reads the region from the request's context: a function, or a
/// pointer to a member. Complexity: a comparison for each region of the item.
template <class Regions, class RegionOf>
class allowed_regions {
  public:
    allowed_regions(Regions regions, RegionOf region_of)
        : regions_{std::move(regions)}, region_of_{std::move(region_of)} {}

    template <class Context>
    requires std::regular_invocable<const RegionOf&, const Context&> &&
        std::ranges::input_range<typename detail::property_result<Regions, request<Context>>::type>
    [[nodiscard]] bool admits(const request<Context>& who, item_index item) const noexcept {
        return detail::with_property(regions_, who, item, false, [&](const auto& allowed) noexcept {
            return std::ranges::find(allowed, std::invoke(region_of_, who.context)) !=
                   std::ranges::end(allowed);
        });
    }

  private:
    Regions regions_;
    RegionOf region_of_;
};

} // namespace hybrec
