// SPDX-License-Identifier: MIT
/// @file
/// How much of a ranking is relevant without being obvious.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/evaluation/detail/hits.hpp>
#include <hybrec/evaluation/detail/item_shares.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

/// The share of the first k places that hold a relevant item which is not obvious (Ge et al. 2010).
/// Obvious are the items that a list of bestsellers would show: the `obvious` most popular ones of
/// the training data, by default as many as there are places.
class serendipity {
  public:
    /// @param train   what decides how popular an item is; only read here
    /// @param obvious how many of the most popular items are obvious; 0: k
    template <class = on_use>
    serendipity(std::size_t k, user_items_view train, std::size_t obvious = 0)
        : k_{k}, obvious_(train.column_count()) {
        const std::vector<double> shares = detail::item_shares(train);
        std::vector<std::size_t> order(shares.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
            return shares[left] > shares[right] || (shares[left] == shares[right] && left < right);
        });
        order.resize(std::min(obvious == 0 ? k : obvious, order.size()));
        for (const std::size_t item : order)
            obvious_[item] = 1;
    }

    [[nodiscard]] std::string name() const { return "serendipity@" + std::to_string(k_); }
    [[nodiscard]] std::size_t depth() const noexcept { return k_; }

    /// The denominator is k, however short the ranking is.
    /// @pre all items are columns of the training matrix; `relevant` is ascending.
    [[nodiscard]] double operator()(std::span<const item_index> ranked,
                                    std::span<const item_index> relevant) const noexcept {
        std::size_t surprises = 0;
        for (const item_index item : ranked.first(std::min(k_, ranked.size())))
            surprises +=
                obvious_[item.value()] == 0 && detail::is_relevant(relevant, item) ? 1U : 0U;
        return static_cast<double>(surprises) / static_cast<double>(k_);
    }

  private:
    std::size_t k_;
    aligned_vector<std::uint8_t> obvious_; // by item
};

} // namespace hybrec
