// SPDX-License-Identifier: MIT
/// @file
/// Mixed hybrids: one list of several, which keep their items' order.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/detail/seen_items.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec {

/// The lists to be merged, each best first and without repetitions of its own. Their scores are not
/// looked at, so lists of any kinds mix.
using lists_to_merge = std::span<const std::span<const scored_item>>;

/// Memory of a merge. Warm ones allocate nothing.
class merge_workspace {
  public:
    /// A merge in progress into `out`; see below. For merges of one's own.
    class merging {
      public:
        template <class = on_use>
        merging(lists_to_merge lists, std::span<scored_item> out, std::span<std::uint32_t> sources,
                merge_workspace& memory)
            : lists_{lists}, out_{out}, sources_{sources}, memory_{memory} {
            assert(sources.empty() || sources.size() >= out.size());
            memory.next_.assign(lists.size(), 0);
            memory.taken_.assign(lists.size(), 0);
            memory.seen_.reset(out.size()); // an item is marked only when it gets a place
        }

        [[nodiscard]] bool full() const noexcept { return size_ == out_.size(); }
        /// How many items a list has given.
        [[nodiscard]] std::size_t taken(std::size_t list) const noexcept {
            return memory_.taken_[list];
        }
        /// Takes the best item of a list that is not there yet. False if it has none, or if there is no
        /// place left.
        bool take(std::size_t list) noexcept {
            if (full())
                return false;
            std::size_t& next = memory_.next_[list];
            while (next < lists_[list].size()) {
                const item_index item = lists_[list][next++].index;
                if (!memory_.seen_.insert(item))
                    continue;
                if (!sources_.empty())
                    sources_[size_] = static_cast<std::uint32_t>(list);
                out_[size_++].index = item;
                ++memory_.taken_[list];
                return true;
            }
            return false;
        }
        /// Room for the numbers of lists.
        [[nodiscard]] std::vector<std::uint32_t>& teams() noexcept { return memory_.teams_; }
        /// Writes the scores, 1 − position/length, and returns the length.
        std::size_t finish() noexcept {
            for (std::size_t at = 0; at < size_; ++at)
                out_[at].score =
                    static_cast<float>(1 - static_cast<double>(at) / static_cast<double>(size_));
            return size_;
        }

      private:
        lists_to_merge lists_;
        std::span<scored_item> out_;
        std::span<std::uint32_t> sources_;
        merge_workspace& memory_;
        std::size_t size_ = 0;
    };

  private:
    std::vector<std::size_t> next_;
    std::vector<std::size_t> taken_;
    std::vector<std::uint32_t> teams_;
    detail::seen_items seen_;
};

// All merges write distinct items to `out` and return how many; `sources`, if not empty, is as long as
// `out` and is told the list of each. Scores are 1 − position/length, of kind `rank`: in (0, 1], and the
// order is that of `ranks_before`. Complexity: O(items looked at). Thread-safe, each with a workspace of
// its own.

/// The lists take turns: each adds its best item that is not there yet. A list that runs out is passed
/// over.
template <class = on_use>
std::size_t interleave(lists_to_merge lists, std::span<scored_item> out,
                       std::span<std::uint32_t> sources, merge_workspace& memory) {
    merge_workspace::merging merge{lists, out, sources, memory};
    for (bool any = true; any;) {
        any = false;
        for (std::size_t list = 0; list < lists.size(); ++list)
            any = merge.take(list) || any;
    }
    return merge.finish();
}

/// The lists as blocks, one behind the other, at most `quotas[l]` items of list l. What an earlier block
/// has does not count for the later ones.
/// @pre one quota for each list.
template <class = on_use>
std::size_t concatenate(lists_to_merge lists, std::span<const std::size_t> quotas,
                        std::span<scored_item> out, std::span<std::uint32_t> sources,
                        merge_workspace& memory) {
    assert(quotas.size() == lists.size());
    merge_workspace::merging merge{lists, out, sources, memory};
    for (std::size_t list = 0; list < lists.size(); ++list)
        while (merge.taken(list) < quotas[list] && merge.take(list)) {
        }
    return merge.finish();
}

/// The first list; where it is too short, the second fills the places left, then the third, …
template <class = on_use>
std::size_t fill(lists_to_merge lists, std::span<scored_item> out, std::span<std::uint32_t> sources,
                 merge_workspace& memory) {
    merge_workspace::merging merge{lists, out, sources, memory};
    for (std::size_t list = 0; list < lists.size(); ++list)
        while (merge.take(list)) {
        }
    return merge.finish();
}

/// Team draft (Radlinski, Kurup and Joachims 2008): again and again, of the teams with the fewest picks
/// one is drawn, and adds its best item that is not there yet; teams without such an item are out. A
/// click on an item is to the credit of its team, `sources`. The n-th draw is `random`'s at position n:
/// the same request, the same list.
template <class = on_use>
std::size_t team_draft(lists_to_merge lists, std::span<scored_item> out,
                       std::span<std::uint32_t> sources, const counter_random& random,
                       merge_workspace& memory) {
    merge_workspace::merging merge{lists, out, sources, memory};
    auto& teams = merge.teams();
    teams.resize(lists.size());
    for (std::uint32_t team = 0; team < teams.size(); ++team)
        teams[team] = team;
    for (std::uint64_t draw = 0; !teams.empty() && !merge.full(); ++draw) {
        const auto fewer = [&](std::uint32_t left, std::uint32_t right) {
            return merge.taken(left) < merge.taken(right);
        };
        const std::size_t fewest =
            merge.taken(*std::min_element(teams.begin(), teams.end(), fewer));
        const auto may_pick = [&](std::uint32_t team) { return merge.taken(team) == fewest; };
        auto pick = random.below(
            static_cast<std::uint64_t>(std::count_if(teams.begin(), teams.end(), may_pick)), draw);
        auto drawn = std::find_if(teams.begin(), teams.end(), may_pick);
        for (; pick > 0; --pick)
            drawn = std::find_if(drawn + 1, teams.end(), may_pick);
        if (!merge.take(*drawn))
            teams.erase(drawn);
    }
    return merge.finish();
}

} // namespace hybrec
