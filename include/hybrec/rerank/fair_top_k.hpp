// SPDX-License-Identifier: MIT
/// @file
/// FA*IR: enough items of a protected group in every prefix of the list.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/rerank/detail/fairness_table.hpp>
#include <hybrec/rerank/detail/move_to_front.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

struct fair_top_k_options {
    double proportion = 0.5;   ///< of protected items at least, in (0, 1)
    double significance = 0.1; ///< α in (0, 1): how often a fair list of `length` draws may fail
    std::size_t length =
        10;             ///< k, from 1 to 10000: places the test is made for; later ones are free
    bool adjust = true; ///< whether α holds for all prefixes together; if not, for each on its own
};

/// `fair_top_k{local_producer, {.proportion = 0.4}}` (FA*IR, Zehlike et al. 2017): takes the best
/// candidate, unless the prefix would then have fewer protected items than draws from a fair lottery
/// have with probability α; then the best protected one. Within the two groups the order is that of
/// `ranks_before`.
///
/// The single tests' α is the largest at which the k tests together fail with probability α at most,
/// which is computed exactly; the authors' own program stops near α, on either side.
///
/// `Protected` says whether an item is protected: a predicate, held by value or shared with `std::ref`.
/// Where protected candidates run out the others follow; `is_fair` tells.
template <class Protected>
requires std::predicate < const held_type<Protected>
&, item_index > class fair_top_k {
  public:
    class workspace {
        friend fair_top_k;
        std::vector<std::uint32_t> order_; // protected ones first, each group best first
        std::vector<std::uint32_t> chosen_;
        detail::moving_workspace<scored_item> moved_;
    };

    /// Complexity: O(k²) for each of at most 50 tries of α.
    /// @throws option_error for options out of range.
    explicit fair_top_k(Protected is_protected, fair_top_k_options options = {})
        : protected_{std::move(is_protected)}, options_{options} {
        require_option(options.proportion > 0 && options.proportion < 1, "fair_top_k", "proportion",
                       options.proportion, "a number between 0 and 1");
        require_option(options.significance > 0 && options.significance < 1, "fair_top_k",
                       "significance", options.significance, "a number between 0 and 1");
        require_option(options.length >= 1 && options.length <= 10'000, "fair_top_k", "length",
                       static_cast<double>(options.length), "a number from 1 to 10000");
        single_ = options.adjust ? detail::adjusted_significance(options.length, options.proportion,
                                                                 options.significance)
                                 : options.significance;
        needed_ = detail::fairness_table(options.length, options.proportion, single_);
    }

    [[nodiscard]] const fair_top_k_options& options() const noexcept { return options_; }
    /// m(1), …, m(k): the least number of protected items among the first n.
    [[nodiscard]] std::span<const std::uint32_t> needed() const noexcept {
        return as_span(needed_);
    }
    /// α of each single test.
    [[nodiscard]] double single_significance() const noexcept { return single_; }
    /// How often a list of fair draws fails one of the tests.
    [[nodiscard]] double failure_probability() const {
        return detail::failure_probability(needed_, options_.proportion);
    }

    /// Whether every prefix has enough protected items.
    [[nodiscard]] bool is_fair(std::span<const scored_item> list) const {
        std::uint32_t found = 0;
        for (std::size_t place = 0; place < std::min(list.size(), needed_.size()); ++place) {
            found += is_protected(list[place]);
            if (found < needed_[place])
                return false;
        }
        return true;
    }

    /// See `reranker`. Complexity: O(candidates · log candidates).
    template <class Request>
    std::size_t rerank(const Request&, std::span<scored_item> candidates, std::size_t count,
                       workspace& memory) const {
        auto& order = memory.order_;
        auto& chosen = memory.chosen_;
        order.resize(candidates.size());
        std::iota(order.begin(), order.end(), 0U);
        const auto middle = std::partition(order.begin(), order.end(), [&](std::uint32_t at) {
            return is_protected(candidates[at]);
        });
        const auto better = [&](std::uint32_t left, std::uint32_t right) {
            return ranks_before(candidates[left], candidates[right]);
        };
        std::sort(order.begin(), middle, better);
        std::sort(middle, order.end(), better);

        chosen.clear();
        auto next = order.begin(); // of those protected
        auto other = middle;
        while (chosen.size() < count && (next != middle || other != order.end())) {
            const std::size_t place = chosen.size();
            const auto found = static_cast<std::size_t>(next - order.begin());
            const bool must = place < needed_.size() && found < needed_[place];
            const bool take_protected =
                next != middle && (other == order.end() || must || better(*next, *other));
            chosen.push_back(take_protected ? *next++ : *other++);
        }
        detail::move_to_front(candidates, chosen, memory.moved_);
        return chosen.size();
    }

  private:
    [[nodiscard]] bool is_protected(const scored_item& candidate) const {
        const held_type<Protected>& predicate = protected_;
        return predicate(candidate.index);
    }

    Protected protected_;
    fair_top_k_options options_;
    double single_ = 0;
    std::vector<std::uint32_t> needed_;
};

template <class Protected>
fair_top_k(Protected, fair_top_k_options = {}) -> fair_top_k<Protected>;

/// Whether items have a feature: what makes `fair_top_k` protect those of a genre. Holds a view: the
/// matrix must outlive it.
template <item_feature_matrix Features>
[[nodiscard]] auto having(const Features& features, typename Features::column_index feature) {
    return [features = features.view(), feature](item_index item) noexcept {
        return item.value() < features.row_count() && features.row(item).contains(feature);
    };
}
template <item_feature_matrix Features>
auto having(const Features&&, typename Features::column_index) = delete;

} // namespace hybrec
