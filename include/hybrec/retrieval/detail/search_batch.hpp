// SPDX-License-Identifier: MIT
/// @file
/// The search for a batch of queries, and the memory that it works in.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/detail/head_start.hpp>
#include <hybrec/retrieval/detail/search_plan.hpp>
#include <hybrec/retrieval/detail/selection.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_query.hpp>
#include <hybrec/simd/score_tile.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace hybrec::detail {

/// Queries that share an unpacked group of rows. With 64 factors they fill 16 KB, the group 8 KB:
/// both stay in the first-level cache, and unpacking costs 3 % of the arithmetic.
inline constexpr std::size_t batch_queries = 64;
static_assert(simd::tile_queries == 8 && batch_queries == 64, "a byte of a word for each tile");

/// Searches for up to `batch_queries` queries together. Call `start`, `add` for each query, `run`,
/// `finish` for each query; then it can start again without allocating.
template <class Index, class Value>
class search_batch {
  public:
    void start(const factor_table<Index, Value>& table, const search_index& index,
               const Value* inverse_lengths) {
        table_ = &table;
        index_ = &index;
        inverse_lengths_ = inverse_lengths;
        marked_groups_ = denied_marks::covered(index);
        queries_.resize(batch_queries * index.factors());
        panel_.resize(simd::group_rows * index.factors());
        head_.resize(head_start::groups * batch_queries * simd::group_rows);
        marks_.assign(batch_queries * marked_groups_, 0);
        best_.clear();
        best_.reserve(batch_queries);
        // Slots without a query: nothing passes an infinite threshold.
        std::fill(queries_.begin(), queries_.end(), 0.0F);
        lengths_.fill(0.0F);
        thresholds_.fill(std::numeric_limits<float>::infinity());
    }

    template <class Admission>
    void add(const search_query<Value>& query, std::span<scored<Index, Value>> out,
             const Admission& admission) noexcept {
        const std::size_t slot = best_.size();
        assert(slot < batch_queries);
        best_.emplace_back(*table_, query, inverse_lengths_, out);
        if (!query.values)
            return;
        const std::size_t factors = index_->factors();
        const float length = query_length(query, factors, inverse_lengths_ != nullptr);
        lengths_[slot] = length;
        thresholds_[slot] = -std::numeric_limits<float>::infinity();
        // A query beyond the bounds stays zero: with an infinite length all of its rows pass.
        if (!std::isinf(length)) {
            const Value scale = inverse_lengths_ ? query.inverse_length : Value{1};
            float* to = queries_.data() + slot / simd::tile_queries * simd::tile_queries * factors +
                        slot % simd::tile_queries;
            for (std::size_t factor = 0; factor < factors; ++factor)
                to[factor * simd::tile_queries] = static_cast<float>(query.values[factor] * scale);
        }
        marks_of(slot).mark(*index_, admission);
    }

    /// @param admission_of gives the admission of the query that was added as `slot`
    template <class AdmissionOf>
    void run(const AdmissionOf& admission_of) noexcept {
        const group_walk walk{index_->groups(), inverse_lengths_ != nullptr};
        const std::size_t head = run_head(walk, admission_of);
        for (std::size_t at = head; at < index_->groups(); ++at)
            if (!run_group(walk[at], walk[at + 1], admission_of))
                break;
        for (std::size_t slot = 0; slot < best_.size(); ++slot)
            best_[slot].decide(admission_of(slot));
    }

    [[nodiscard]] std::size_t finish(std::size_t slot) noexcept { return best_[slot].finish(); }

  private:
    /// Takes the first groups together, if that pays; returns how many it took.
    template <class AdmissionOf, class Arch = simd::default_arch>
    std::size_t run_head(const group_walk& walk, const AdmissionOf& admission_of) noexcept {
        const std::size_t count = head_start::groups;
        if (index_->groups() < 2 * count || best_.front().depth() > head_start::deepest)
            return 0;
        const bool cosine = inverse_lengths_ != nullptr;
        constexpr std::size_t slots = batch_queries * simd::group_rows; // scores of a group
        std::array<float, simd::tile_queries> bounds;
        bounds.fill(-std::numeric_limits<float>::infinity());
        for (std::size_t at = 0; at < count; ++at) {
            simd::widen_group<Arch>(index_->packed(walk[at]), index_->factors(),
                                    cosine ? index_->inverse_lengths(walk[at]) : nullptr,
                                    panel_.data());
            for (std::size_t first = 0; first < best_.size(); first += simd::tile_queries) {
                std::array<std::uint32_t, simd::tile_queries> passed{};
                (void)simd::score_tile<Arch>(
                    panel_.data(), index_->factors(), queries_.data() + first * index_->factors(),
                    bounds.data(), head_.data() + at * slots + first * simd::group_rows,
                    passed.data());
            }
        }
        for (std::size_t slot = 0; slot < best_.size(); ++slot) {
            if (!best_[slot].query().values)
                continue;
            const float* scores = head_.data() + slot * simd::group_rows;
            const denied_marks marks = marks_of(slot);
            const auto allowance = [&](std::size_t group) {
                return lengths_[slot] *
                       (cosine ? index_->cosine_margin(group) : index_->margin(group));
            };
            head_start start;
            // Rows that a filter has yet to be asked about do not count as admitted.
            bool covered = !admission_of(slot).asks();
            for (std::size_t at = 0; at < count; ++at) {
                covered = covered && walk[at] < marks.groups;
                if (covered)
                    start.add<Arch>(*index_, walk[at], scores + at * slots, allowance(walk[at]),
                                    marks.of(walk[at]), cosine);
            }
            if (covered)
                best_[slot].set_floor(start.floor(best_[slot].depth()));
            for (std::size_t at = 0; at < count; ++at) {
                const std::uint32_t passed = not_below<Arch>(
                    scores + at * slots, best_[slot].threshold() - allowance(walk[at]));
                if (passed != 0)
                    best_[slot].propose(*index_, walk[at], passed, scores + at * slots,
                                        allowance(walk[at]), marks, admission_of(slot));
            }
            thresholds_[slot] = best_[slot].threshold();
        }
        return count;
    }

    /// Returns whether any query wants more groups.
    template <class AdmissionOf, class Arch = simd::default_arch>
    bool run_group(std::size_t group, std::size_t next, const AdmissionOf& admission_of) noexcept {
        const bool cosine = inverse_lengths_ != nullptr;
        const float margin = cosine ? index_->cosine_margin(group) : index_->margin(group);
        const float reach = cosine ? 2.0F : index_->reach(group); // of unit vectors: less than 2
        const std::uint64_t alive = set_bounds<Arch>(margin, reach);
        if (alive == 0)
            return false;
        simd::widen_group<Arch>(index_->packed(group), index_->factors(),
                                cosine ? index_->inverse_lengths(group) : nullptr, panel_.data());
        const std::uint32_t* ahead = index_->packed(next);
        for (std::size_t first = 0; first < best_.size(); first += simd::tile_queries) {
            // An eighth of the next group with each tile: few caches foresee its address.
            for (std::size_t at = 0; at < index_->factors();
                 at += simd::tile_queries, ahead += simd::group_words)
                simd::prefetch(ahead);
            if ((alive >> first & 0xFF) == 0)
                continue;
            std::array<std::uint32_t, simd::tile_queries> passed{};
            std::uint32_t any = simd::score_tile<Arch>(
                panel_.data(), index_->factors(), queries_.data() + first * index_->factors(),
                bounds_.data() + first, scores_.data(), passed.data());
            for (; any != 0; any &= any - 1) {
                const auto at = static_cast<std::size_t>(std::countr_zero(any));
                offer(group, first + at, passed[at], scores_.data() + at * simd::group_rows,
                      lengths_[first + at] * margin, admission_of);
            }
        }
        return true;
    }

    /// Sets what approximate scores of a group must reach; returns a bit for each query that wants
    /// the group at all.
    template <class Arch>
    [[nodiscard]] std::uint64_t set_bounds(float margin, float reach) noexcept {
        const auto margins = simd::broadcast<float, Arch>(margin);
        const auto reaches = simd::broadcast<float, Arch>(reach);
        std::uint64_t done = 0;
        for (std::size_t at = 0; at < batch_queries; at += simd::width<float, Arch>) {
            const auto length = simd::load<float, Arch>(lengths_.data() + at);
            const auto threshold = simd::load<float, Arch>(thresholds_.data() + at);
            (threshold - length * margins).store_aligned(bounds_.data() + at);
            done |= std::uint64_t{simd::bits_of<Arch>(length * reaches < threshold)} << at;
        }
        return ~done;
    }

    template <class AdmissionOf>
    void offer(std::size_t group, std::size_t slot, std::uint32_t passed, const float* scores,
               float allowance, const AdmissionOf& admission_of) noexcept {
        if (slot >= best_.size() || !best_[slot].query().values)
            return;
        best_[slot].propose(*index_, group, passed, scores, allowance, marks_of(slot),
                            admission_of(slot));
        thresholds_[slot] = best_[slot].threshold();
    }

    [[nodiscard]] denied_marks marks_of(std::size_t slot) noexcept {
        return {marks_.data() + slot, marked_groups_, batch_queries};
    }

    const factor_table<Index, Value>* table_ = nullptr;
    const search_index* index_ = nullptr;
    const Value* inverse_lengths_ = nullptr;
    std::size_t marked_groups_ = 0;
    aligned_vector<float> queries_;       // eight queries together, factor by factor
    aligned_vector<float> panel_;         // one group, unpacked
    aligned_vector<float> head_;          // scores of the first groups, group by group
    aligned_vector<std::uint32_t> marks_; // of denied rows: all queries' words of a group together
    std::vector<selection<Index, Value>> best_;
    alignas(table_alignment) std::array<float, batch_queries> lengths_{};
    alignas(table_alignment) std::array<float, batch_queries> thresholds_{}; // rounded down
    alignas(table_alignment) std::array<float, batch_queries> bounds_{};
    alignas(table_alignment) std::array<float, simd::tile_queries * simd::group_rows> scores_{};
};

} // namespace hybrec::detail
