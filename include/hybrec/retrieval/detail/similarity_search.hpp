// SPDX-License-Identifier: MIT
/// @file
/// How similar columns are found.
#pragma once

#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/detail/best_lists.hpp>
#include <hybrec/retrieval/detail/index_sorter.hpp>
#include <hybrec/retrieval/detail/ranked_columns.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace hybrec::detail {

/// Finds similar columns. Every pair is computed once, at its less popular column, and offered to
/// both: the columns are numbered by popularity, and the products of a column with all that are more
/// popular add up in one row, whose busy part comes first and stays in the first-level cache.
///
/// Columns are worked on in rounds, the least popular first: their similarities are the largest
/// ones as a rule, so that few later ones enter a list of the best. A worker keeps what it finds for
/// its own column at once, and leaves offers to other columns in boxes, which are emptied after the
/// round. As the best do not depend on the order of the offers, neither rounds nor threads show in
/// the result.
template <class Column, class Word, class Measure, class Arch>
class similarity_search {
  public:
    template <class Row>
    similarity_search(const csr_view<Row, Column, float>& matrix, const Measure& measure,
                      std::size_t count, const execution& where)
        : columns_{matrix, Measure::binary, where},
          measure_{measure},
          left_(padded_size<float>(columns_.count())),
          right_(left_.size()),
          thresholds_(left_.size(), least),
          best_{columns_.count(), count, columns_.count()},
          columns_of_a_box_{columns_.count() / boxes + 1},
          workers_(where.threads().size()) {
        for (std::size_t rank = 0; rank < columns_.count(); ++rank) {
            left_[rank] = measure.left(columns_.squares(rank));
            right_[rank] = measure.right(columns_.squares(rank));
        }
    }

    [[nodiscard]] csr_matrix<Column, Column, float>
    run(std::string_view phase, progress_observer auto& progress, const execution& where) {
        // So many columns a round that waiting for the last one of them costs little.
        const std::size_t round = 2 * group * where.threads().size();
        const std::size_t rounds = (columns_.count() + round - 1) / round;
        progress(progress_event{.phase = phase, .steps = rounds});
        for (std::size_t step = 0; step < rounds; ++step) {
            const std::size_t first = (rounds - 1 - step) * round;
            const std::size_t last = std::min(first + round, columns_.count());
            const std::size_t share = first < columns_.dense_end() ? group : 1;
            const std::size_t shares = (last - first + share - 1) / share;
            where.threads().for_chunks(
                shares, 1,
                [&](std::size_t at, std::size_t, std::size_t worker) {
                    const std::size_t begin = first + (shares - 1 - at) * share;
                    visit(begin, std::min(begin + share, last), workers_[worker]);
                },
                where.stop);
            where.threads().for_chunks(
                boxes, 1, [&](std::size_t box, std::size_t, std::size_t) { empty(box); },
                where.stop);
            progress(progress_event{.phase = phase, .step = step + 1, .steps = rounds});
        }
        workers_ = {};
        columns_.release_entries();
        return result(where);
    }

  private:
    using ranked = ranked_columns<Column, Word>;
    static constexpr std::size_t boxes = 64;
    static constexpr std::size_t group = ranked::group;
    // What is less similar than this is not similar at all.
    static constexpr float least = best_lists<Column>::least;

    struct offer {
        std::uint32_t to; // rank
        Column from;
        float score;
    };
    struct worker_state {
        aligned_vector<float> products; // zero between columns
        typename ranked::dense_scratch dense;
        aligned_vector<std::uint32_t> cursors;
        std::array<aligned_vector<offer>, boxes> offers;
    };

    /// Visits neighbouring columns, which share the dense products.
    void visit(std::size_t begin, std::size_t end, worker_state& mine) {
        mine.products.resize(left_.size());
        if (mine.cursors.empty())
            mine.cursors = columns_.cursors();
        const bool dense = begin < columns_.dense_end();
        if (dense)
            columns_.template dense_products<Arch>(begin, end, mine.dense);
        for (std::size_t rank = end; rank-- > begin;) {
            if (dense)
                std::copy_n(mine.dense.products.data() + (rank - begin) * columns_.stride(), rank,
                            mine.products.data());
            visit(rank, dense, mine);
        }
    }

    /// Finds the products of a column with all that are more popular, and offers them.
    void visit(std::size_t rank, bool dense, worker_state& mine) {
        using entry = typename ranked::entry;
        float* const products = mine.products.data();
        std::size_t terms = 0;
        columns_.visit_rows(rank, mine.cursors, [&](float weight, std::span<const entry> others) {
            terms += others.size();
            for (const entry& other : others)
                products[other.rank()] =
                    simd::multiply_add(weight, other.value(), products[other.rank()]);
        });
        if (dense || terms * 8 > rank) {
            offer_all(rank, mine);
            return;
        }
        // Few products are not zero: rather than all, those are looked at that the terms name.
        columns_.visit_rows(rank, mine.cursors, [&](float, std::span<const entry> others) {
            for (const entry& other : others)
                offer_one(rank, other.rank(), mine);
        });
    }

    void offer_one(std::size_t rank, std::uint32_t other, worker_state& mine) {
        const float product = std::exchange(mine.products[other], 0.0F);
        const float own_score = measure_(product, left_[rank], right_[other]);
        if (own_score >= best_.threshold(rank))
            best_.offer(rank, columns_.column(other), own_score);
        const float other_score = measure_(product, left_[other], right_[rank]);
        if (other_score >= thresholds_[other])
            offer_other(mine, other, rank, other_score);
    }

    void offer_all(std::size_t rank, worker_state& mine) {
        using batch = simd::batch<float, Arch>;
        constexpr std::size_t width = simd::width<float, Arch>;
        const auto spread = [](float value) { return simd::broadcast<float, Arch>(value); };
        const batch own_left = spread(left_[rank]);
        const batch own_right = spread(right_[rank]);
        for (std::size_t past = (rank + width - 1) / width * width; past > 0; past -= width) {
            const std::size_t first = past - width;
            float* const products = mine.products.data() + first;
            const batch product = simd::load<float, Arch>(products);
            spread(0.0F).store_aligned(products);
            const auto offer_lanes = [&](const batch& scores, const batch& thresholds,
                                         const auto& take) {
                std::uint32_t enough = simd::bits_of<Arch>(scores >= thresholds);
                if (enough == 0)
                    return;
                alignas(table_alignment) float stored[width];
                scores.store_aligned(stored);
                for (; enough != 0; enough &= enough - 1) {
                    const auto lane = static_cast<std::size_t>(std::countr_zero(enough));
                    take(first + lane, stored[lane]);
                }
            };
            offer_lanes(measure_(product, own_left, simd::load<float, Arch>(right_.data() + first)),
                        spread(best_.threshold(rank)), [&](std::size_t other, float score) {
                            best_.offer(rank, columns_.column(other), score);
                        });
            offer_lanes(
                measure_(product, simd::load<float, Arch>(left_.data() + first), own_right),
                simd::load<float, Arch>(thresholds_.data() + first),
                [&](std::size_t other, float score) { offer_other(mine, other, rank, score); });
        }
    }

    void offer_other(worker_state& mine, std::size_t to, std::size_t from, float score) {
        mine.offers[to / columns_of_a_box_].push_back(
            {static_cast<std::uint32_t>(to), columns_.column(from), score});
    }

    void empty(std::size_t box) {
        for (worker_state& worker : workers_) {
            for (const offer& next : worker.offers[box])
                best_.offer(next.to, next.from, next.score);
            for (const offer& next : worker.offers[box])
                thresholds_[next.to] = best_.threshold(next.to);
            worker.offers[box].clear();
        }
    }

    [[nodiscard]] csr_matrix<Column, Column, float> result(const execution& where) {
        const std::size_t count = columns_.count();
        bulk_vector<offset> offsets(count + 1);
        offsets[0] = 0;
        for (std::size_t column = 0; column < count; ++column)
            offsets[column + 1] = offsets[column] + best_.finish(columns_.rank_of(Column(column)));
        bulk_vector<Column> columns(offsets[count]);
        bulk_vector<float> values(offsets[count]);
        fixed_array<index_sorter<float>> sorters(where.threads().size());
        where.threads().for_chunks(
            count, 64,
            [&](std::size_t first, std::size_t last, std::size_t worker) {
                index_sorter<float>& sorter = sorters[worker];
                sorter.resize(count);
                for (std::size_t column = first; column < last; ++column) {
                    best_.visit(columns_.rank_of(Column(column)), [&](Column other, float score) {
                        sorter.insert(other.value(), score);
                    });
                    offset next = offsets[column];
                    sorter.drain([&](std::size_t other, float score) {
                        columns[next] = Column(other);
                        values[next++] = score;
                    });
                }
            },
            where.stop);
        return {trusted, std::move(offsets), std::move(columns), std::move(values), count};
    }

    ranked columns_;
    Measure measure_;
    aligned_vector<float> left_; // of the columns by rank
    aligned_vector<float> right_;
    aligned_vector<float> thresholds_; // as they were when the round began
    best_lists<Column> best_;          // by rank
    std::size_t columns_of_a_box_;
    fixed_array<worker_state> workers_;
};

/// Whether 32 bits hold an entry of the matrix.
template <class Row, class Column>
[[nodiscard]] bool fits_short_entries(const csr_view<Row, Column, float>& matrix, bool binary) {
    using entry = ranked_entry<std::uint32_t>;
    return matrix.column_count() <= entry::max_columns &&
           (binary || std::all_of(matrix.values().begin(), matrix.values().end(), entry::holds));
}

} // namespace hybrec::detail
