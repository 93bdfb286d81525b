// SPDX-License-Identifier: MIT
/// @file
/// How popular the recommended items are.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/evaluation/detail/item_shares.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

/// The mean popularity of the first k items (average recommendation popularity, Yin et al. 2012), as
/// the share of users that have an item in the training data: in [0, 1], the lower the less a model
/// leans on what everybody knows.
class popularity_bias {
  public:
    /// @param train what decides how popular an item is; only read here
    popularity_bias(std::size_t k, user_items_view train)
        : k_{k}, shares_{detail::item_shares(train)} {}

    [[nodiscard]] std::string name() const { return "popularity_bias@" + std::to_string(k_); }
    [[nodiscard]] std::size_t depth() const noexcept { return k_; }

    /// 0 for an empty ranking. @pre all items are columns of the training matrix.
    [[nodiscard]] double operator()(std::span<const item_index> ranked,
                                    std::span<const item_index> /*relevant*/) const noexcept {
        return detail::mean_over(ranked.first(std::min(k_, ranked.size())),
                                 [this](item_index item) { return shares_[item.value()]; });
    }

  private:
    std::size_t k_;
    std::vector<double> shares_;
};

} // namespace hybrec
