// SPDX-License-Identifier: MIT
/// @file
/// The nearest rows of every row of a table: each pair is scored once, for both.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/detail/head_start.hpp>
#include <hybrec/retrieval/detail/pair_scorer.hpp>
#include <hybrec/retrieval/detail/search_plan.hpp>
#include <hybrec/retrieval/detail/selection.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_query.hpp>
#include <hybrec/simd/processor_tiles.hpp>
#include <hybrec/simd/score_tile.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Cosines are symmetric, so half of the products that a search for every row makes are not needed. Rows
/// are taken in parts of up to 16 groups. First every part is searched for its own rows, which gives them
/// high thresholds (see `head_start`); then every pair of parts is scored, and a score offered to both of
/// its rows. Two pairs that share a part do not run at the same time, so threads never meet in a row.
///
/// What a row keeps depends on what it was offered, not on the order, and all that it might keep is
/// offered: the result is that of `search` for every row, to the bit.
template <class Index, class Value>
class pair_search {
  public:
    /// Whether there are enough parts to keep `threads` busy.
    [[nodiscard]] static bool pays(const search_index& index, std::size_t threads) noexcept {
        return parts_of(index) >= std::max<std::size_t>(4, 2 * threads);
    }

    pair_search(const factor_table<Index, Value>& table, const search_index& index,
                std::span<const Value> inverse_lengths, rankings<Index, Value>& result)
        : index_{&index}, result_{&result}, locks_(parts_of(index)) {
        best_.reserve(index.rows());
        thresholds_.assign(index.groups() * simd::group_rows, never);
        for (std::size_t position = 0; position < index.rows(); ++position) {
            const std::size_t row = index.row_at(position);
            const bool has_direction = inverse_lengths[row] > Value{0};
            best_.emplace_back(
                table,
                search_query<Value>{has_direction ? table.padded_row(Index(row)) : nullptr,
                                    inverse_lengths[row]},
                inverse_lengths.data(), result.buffer(row));
            if (has_direction)
                thresholds_[position] = -never;
        }
    }

    /// @throws cancelled.
    void run(const execution& where) {
        const std::size_t parts = locks_.size();
        const std::vector<std::pair<std::size_t, std::size_t>> pairs = rounds(parts);
        fixed_array<workspace> memory(where.threads().size(), *index_);
        where.threads().for_chunks(
            parts + pairs.size(), 1,
            [&](std::size_t task, std::size_t, std::size_t worker) {
                if (task < parts) {
                    const std::lock_guard own{locks_[task]};
                    search_part(task, memory[worker]);
                    return;
                }
                const auto [left, right] = pairs[task - parts];
                const std::scoped_lock both{locks_[left], locks_[right]};
                search_pair(left, right, memory[worker]);
            },
            where.stop);
        where.threads().for_chunks(
            index_->rows(), 256,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t position = begin; position < end; ++position) {
                    best_[position].decide(everything);
                    result_->set_size(index_->row_at(position), best_[position].finish());
                }
            },
            where.stop);
    }

  private:
    static constexpr float never = std::numeric_limits<float>::infinity();
    static constexpr index_admission<unfiltered, Index> everything{unfiltered{}};
    static constexpr denied_marks no_marks{};

    struct workspace {
        explicit workspace(const search_index& index) : scorer{index} {}
        pair_scorer<head_start::groups> scorer;
        alignas(table_alignment) std::array<float, simd::group_rows> row_bounds;
        alignas(table_alignment) std::array<float, simd::group_rows> one;
    };

    [[nodiscard]] static std::size_t parts_of(const search_index& index) noexcept {
        return (index.groups() + head_start::groups - 1) / head_start::groups;
    }
    /// The first group of a part; parts differ by at most one group.
    [[nodiscard]] std::size_t first_of(std::size_t part) const noexcept {
        return part * index_->groups() / locks_.size();
    }

    /// All pairs of parts, in rounds in which no part occurs twice, as in a tournament. Within a round the
    /// pair goes first whose parts have rested longest: it seldom has to wait for the round before.
    [[nodiscard]] static std::vector<std::pair<std::size_t, std::size_t>>
    rounds(std::size_t parts) {
        const std::size_t circle = parts - 1 + parts % 2; // one stands still, or a free place
        std::vector<std::pair<std::size_t, std::size_t>> pairs;
        aligned_vector<std::size_t> last(parts); // when a part was searched, or in a pair
        std::iota(last.begin(), last.end(), std::size_t{0});
        for (std::size_t round = 0; round < circle; ++round) {
            const auto first = static_cast<std::ptrdiff_t>(pairs.size());
            if (parts % 2 == 0)
                pairs.emplace_back(round, circle);
            for (std::size_t step = 1; 2 * step < circle + 1; ++step)
                pairs.emplace_back((round + step) % circle, (round + circle - step) % circle);
            std::sort(pairs.begin() + first, pairs.end(), [&](const auto& a, const auto& b) {
                return std::max(last[a.first], last[a.second]) <
                       std::max(last[b.first], last[b.second]);
            });
            for (auto at = static_cast<std::size_t>(first); at < pairs.size(); ++at)
                last[pairs[at].first] = last[pairs[at].second] = parts + at;
        }
        return pairs;
    }

    /// By how much the cosine of two packed rows may differ from the exact one: with packed rows
    /// a = x + d and b = y + e, |x| = |y| = 1, ⟨a, b⟩ − ⟨x, y⟩ = ⟨d, y⟩ + ⟨x, e⟩ + ⟨d, e⟩.
    [[nodiscard]] float allowance(std::size_t left, std::size_t right) const noexcept {
        const float one = index_->cosine_margin(left), other = index_->cosine_margin(right);
        return (one + other + one * other) * (1 + 0x1p-20F);
    }

    /// Offers the scores of rows of `group`, those in `passed`, to the row at `position`.
    void offer(std::size_t position, std::size_t group, std::uint32_t passed, const float* scores,
               float margin) noexcept {
        auto& best = best_[position];
        if (!best.query().values)
            return;
        best.propose(*index_, group, passed, scores, margin, no_marks, everything);
        thresholds_[position] = best.threshold();
    }

    /// Searches a part for each of its rows.
    void search_part(std::size_t part, workspace& memory) {
        const simd::processor_tiles tiles;
        const std::size_t begin = first_of(part), end = first_of(part + 1);
        for (std::size_t group = begin; group < end; ++group) {
            memory.scorer.set_left(group - begin, group);
            memory.scorer.set_right(group - begin, group);
        }
        for (std::size_t own = begin; own < end; ++own) {
            for (std::size_t group = begin; group < end; ++group)
                memory.scorer.multiply(tiles, own - begin, group - begin);
            for (std::size_t tile = 0; tile < simd::group_rows; tile += simd::tile_queries)
                search_tile(own, tile, begin, end, memory);
        }
    }

    /// Searches the groups from `begin` to `end` for eight rows of `own`, one of them.
    void search_tile(std::size_t own, std::size_t tile, std::size_t begin, std::size_t end,
                     workspace& memory) {
        std::array<float, simd::tile_queries> bounds;
        bounds.fill(-never); // all scores are wanted
        memory.row_bounds.fill(-never);
        for (std::size_t group = begin; group < end; ++group) {
            std::array<std::uint32_t, simd::tile_queries> passed{};
            (void)memory.scorer.score(own - begin, tile, group - begin, bounds.data(),
                                      memory.row_bounds.data(), passed.data());
        }
        const std::size_t first = own * simd::group_rows + tile;
        for (std::size_t at = first; at < std::min(first + simd::tile_queries, index_->rows());
             ++at) {
            const auto scores_with = [&](std::size_t group) {
                return memory.scorer.scores(group - begin, tile) + (at - first) * simd::group_rows;
            };
            const auto itself = [&](std::size_t group) {
                return group == own ? std::uint32_t{1} << at % simd::group_rows : 0;
            };
            if (best_[at].depth() <= head_start::deepest) {
                head_start start;
                for (std::size_t group = begin; group < end; ++group)
                    start.add(*index_, group, scores_with(group), allowance(own, group),
                              itself(group), true);
                best_[at].set_floor(start.floor(best_[at].depth()));
            }
            for (std::size_t group = begin; group < end; ++group) {
                const float margin = allowance(own, group);
                const std::uint32_t passed =
                    not_below(scores_with(group), best_[at].threshold() - margin) & ~itself(group);
                if (passed != 0)
                    offer(at, group, passed, scores_with(group), margin);
            }
        }
    }

    /// Scores every row of one part with every row of another.
    void search_pair(std::size_t left, std::size_t right, workspace& memory) {
        const simd::processor_tiles tiles;
        const std::size_t begin = first_of(left), end = first_of(left + 1);
        for (std::size_t other = begin; other < end; ++other)
            memory.scorer.set_left(other - begin, other);
        for (std::size_t group = first_of(right); group < first_of(right + 1); ++group) {
            memory.scorer.set_right(0, group);
            for (std::size_t other = begin; other < end; ++other) {
                memory.scorer.multiply(tiles, other - begin, 0);
                search_groups(other, other - begin, group, memory);
            }
        }
    }

    /// Scores the rows of `group`, which is in `slot`, with those of `with`.
    void search_groups(std::size_t group, std::size_t slot, std::size_t with,
                       workspace& memory) noexcept {
        const float margin = allowance(group, with);
        for (std::size_t at = 0; at < simd::group_rows; ++at)
            memory.row_bounds[at] = thresholds_[with * simd::group_rows + at] - margin;
        for (std::size_t tile = 0; tile < simd::group_rows; tile += simd::tile_queries) {
            const std::size_t first = group * simd::group_rows + tile;
            std::array<float, simd::tile_queries> bounds;
            for (std::size_t at = 0; at < bounds.size(); ++at)
                bounds[at] = thresholds_[first + at] - margin;
            std::array<std::uint32_t, simd::tile_queries> passed{};
            std::uint32_t any = memory.scorer.score(slot, tile, 0, bounds.data(),
                                                    memory.row_bounds.data(), passed.data());
            for (; any != 0; any &= any - 1) {
                const auto at = static_cast<std::size_t>(std::countr_zero(any));
                if (first + at >= index_->rows())
                    break;
                const float* const own = memory.scorer.scores(0, tile) + at * simd::group_rows;
                offer_back(first + at, with, passed[at], own, margin, memory);
                offer(first + at, with, passed[at], own, margin);
            }
        }
    }

    /// Offers the row at `position` to the rows of `group` that are in `passed`.
    void offer_back(std::size_t position, std::size_t group, std::uint32_t passed,
                    const float* scores, float margin, workspace& memory) noexcept {
        if (!best_[position].query().values)
            return;
        passed &= index_->occupied(group);
        for (; passed != 0; passed &= passed - 1) {
            const auto at = static_cast<std::size_t>(std::countr_zero(passed));
            if (scores[at] < memory.row_bounds[at])
                continue;
            const std::size_t in_group = position % simd::group_rows;
            memory.one[in_group] = scores[at];
            offer(group * simd::group_rows + at, position / simd::group_rows,
                  std::uint32_t{1} << in_group, memory.one.data(), margin);
            memory.row_bounds[at] = thresholds_[group * simd::group_rows + at] - margin;
        }
    }

    const search_index* index_;
    rankings<Index, Value>* result_;
    fixed_array<std::mutex> locks_;             // of the parts
    std::vector<selection<Index, Value>> best_; // by position in the index
    aligned_vector<float> thresholds_;
};

} // namespace hybrec::detail
