// SPDX-License-Identifier: MIT
/// @file
/// What candidates are about: their rows of an item × feature matrix, gathered by feature.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/vector.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec::detail {

/// How a row is scaled.
enum class row_scale : unsigned char {
    length, ///< to a length of 1: products are cosines
    shares  ///< to a sum of 1, negative values left out: p(f|i), what an item is about
};

/// The features of the candidates, those in use numbered as slots. A slot's column is dense where many
/// candidates have the feature (genres), a list where few have it (words); both add the same products
/// in the same order, so the choice does not show in a result.
class candidate_features {
  public:
    struct entry {
        std::uint32_t slot; ///< of the feature; in a column: the candidate
        float value;
    };

    /// Gathers the rows of `candidates`; items beyond the matrix have no features.
    /// Complexity: O(entries of the candidates).
    template <item_feature_matrix Matrix>
    void gather(const Matrix& matrix, std::span<const scored_item> candidates, row_scale scale) {
        for (const std::uint32_t feature : features_)
            slot_of_[feature] = 0;
        features_.clear();
        columns_.clear();
        entries_.clear();
        begins_.assign(1, 0);
        if (slot_of_.size() < matrix.column_count())
            slot_of_.resize(matrix.column_count());
        for (const scored_item& candidate : candidates) {
            if (candidate.index.value() < matrix.row_count())
                add_row(matrix.row(candidate.index), scale);
            begins_.push_back(entries_.size());
        }
        fill_columns(candidates.size());
    }

    /// What a candidate has.
    template <class = on_use>
    [[nodiscard]] std::span<const entry> entries(std::size_t candidate) const noexcept {
        return as_span(entries_).subspan(begins_[candidate],
                                         begins_[candidate + 1] - begins_[candidate]);
    }
    /// The features in use by slot.
    [[nodiscard]] std::span<const std::uint32_t> features() const noexcept {
        return as_span(features_);
    }

    /// out[c] += factor · (the value of the slot's feature for candidate c), for all candidates.
    /// @pre `out` is aligned and filled up to a whole line.
    template <class Arch = simd::default_arch>
    void add(std::uint32_t slot, float factor, float* out) const noexcept {
        const column& from = columns_[slot];
        if (from.is_dense) {
            simd::axpy<float, Arch>(factor, dense_.data() + from.begin, out, stride_);
            return;
        }
        for (std::size_t at = from.begin; at < from.begin + from.count; ++at) {
            float& sum = out[listed_[at].slot];
            sum = simd::multiply_add<float, Arch>(factor, listed_[at].value, sum);
        }
    }

  private:
    struct column {
        std::size_t count = 0;
        std::size_t begin = 0; ///< in `dense_` or in `listed_`
        bool is_dense = false;
    };

    /// A dense column takes a sixteenth of an instruction for each candidate (AVX-512), a list a few
    /// for each entry: from this share of the candidates on a column is dense.
    static constexpr std::size_t dense_from = 32;

    template <class Row>
    void add_row(const Row& row, row_scale scale) {
        double total = 0;
        for (const auto value : row.values())
            total += weight(static_cast<double>(value), scale, true);
        if (!(total > 0))
            return;
        const double divisor = scale == row_scale::length ? std::sqrt(total) : total;
        for (const auto [feature, raw] : row) {
            const double value = weight(static_cast<double>(raw), scale, false) / divisor;
            if (value == 0)
                continue;
            std::uint32_t& slot = slot_of_[feature.value()];
            if (slot == 0) {
                features_.push_back(feature.value());
                columns_.push_back({});
                slot = static_cast<std::uint32_t>(features_.size());
            }
            ++columns_[slot - 1].count;
            entries_.push_back({slot - 1, static_cast<float>(value)});
        }
    }

    [[nodiscard]] static double weight(double value, row_scale scale, bool in_total) noexcept {
        if (scale == row_scale::length)
            return in_total ? value * value : value;
        return value > 0 ? value : 0;
    }

    template <class = on_use>
    void fill_columns(std::size_t candidates) {
        stride_ = padded_size<float>(candidates);
        std::size_t dense = 0;
        std::size_t listed = 0;
        for (column& to : columns_) {
            to.is_dense = to.count * dense_from >= candidates;
            std::size_t& end = to.is_dense ? dense : listed;
            to.begin = end;
            end += to.is_dense ? stride_ : to.count;
            to.count = 0; // counted again below
        }
        dense_.assign(dense, 0);
        listed_.resize(listed);
        for (std::uint32_t candidate = 0; candidate < candidates; ++candidate)
            for (const entry& own : entries(candidate)) {
                column& to = columns_[own.slot];
                if (to.is_dense)
                    dense_[to.begin + candidate] = own.value;
                else
                    listed_[to.begin + to.count] = {candidate, own.value};
                ++to.count;
            }
    }

    std::vector<std::uint32_t> slot_of_; // by feature, counted from 1; 0 for those not in use
    std::vector<std::uint32_t> features_;
    aligned_vector<column> columns_;
    aligned_vector<entry> entries_; // by candidate
    std::vector<std::size_t> begins_;
    std::size_t stride_ = 0;
    aligned_vector<float> dense_;
    aligned_vector<entry> listed_;
};

} // namespace hybrec::detail
