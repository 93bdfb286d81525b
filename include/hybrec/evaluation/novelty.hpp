// SPDX-License-Identifier: MIT
/// @file
/// How unknown the recommended items are.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/evaluation/detail/item_shares.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

/// The mean self-information −log₂ p(i) of the first k items (Zhou et al. 2010), p(i) being the share
/// of users that have item i in the training data. An item that nobody has counts as if one user in
/// one more had it.
class novelty {
  public:
    /// @param train what decides how well known an item is; only read here
    novelty(std::size_t k, user_items_view train) : k_{k}, bits_(train.column_count()) {
        const auto users = static_cast<double>(train.row_count());
        const std::vector<double> shares = detail::item_shares(train);
        std::transform(shares.begin(), shares.end(), bits_.begin(), [&](double share) {
            return -std::log2(share > 0 ? share : 1 / (users + 1));
        });
    }

    [[nodiscard]] std::string name() const { return "novelty@" + std::to_string(k_); }
    [[nodiscard]] std::size_t depth() const noexcept { return k_; }

    /// 0 for an empty ranking. @pre all items are columns of the training matrix.
    [[nodiscard]] double operator()(std::span<const item_index> ranked,
                                    std::span<const item_index> /*relevant*/) const noexcept {
        return detail::mean_over(ranked.first(std::min(k_, ranked.size())),
                                 [this](item_index item) { return bits_[item.value()]; });
    }

  private:
    std::size_t k_;
    std::vector<double> bits_;
};

} // namespace hybrec
