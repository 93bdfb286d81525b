// SPDX-License-Identifier: MIT
/// @file
/// Business rule: only what is in stock.
#pragma once

#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/rerank/detail/property.hpp>

#include <utility>
#include <vector>

namespace hybrec {

/// `in_stock{stock}`: hides items whose stock is 0 or false. `Stock` says how many there are, or whether
/// there are any: a list by item (beyond its end: none), a function of the item, or of the item and the
/// request's context (the shop around the corner). Held by value or shared with `std::ref`; what it
/// shares may change between requests, not while one runs.
template <class Stock>
class in_stock {
  public:
    explicit in_stock(Stock stock) : stock_{std::move(stock)} {}

    template <class Context>
    requires detail::property_giving<Stock, bool, request<Context>>
    [[nodiscard]] bool admits(const request<Context>& who, item_index item) const noexcept {
        return detail::with_property(stock_, who, item, false, [](const auto& some) noexcept {
            return static_cast<bool>(some);
        });
    }

  private:
    Stock stock_;
};

} // namespace hybrec
