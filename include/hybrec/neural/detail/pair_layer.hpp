// SPDX-License-Identifier: MIT
/// @file
/// The second layer of a tower whose first one is a sum of what user and item add.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/detail/expected_signs.hpp>
#include <hybrec/neural/detail/sign_levels.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/gemm_chosen.hpp>
#include <hybrec/simd/gemm_digits.hpp>
#include <hybrec/simd/gemm_positive.hpp>
#include <hybrec/simd/gemm_rare.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <type_traits>

namespace hybrec::neural::detail {

/// b + Σ_j max(x_j, 0)·w_j for sums x = u + i of a user's row and an item's, of which little depends on the
/// pair. Let E be the columns of x that are above zero for most pairs, and y_j = −x_j for j in E, x_j
/// elsewhere. As max(x, 0) = x + max(−x, 0),
///
///     Σ_j max(x_j, 0)·w_j = Σ_E u_j·w_j + Σ_E i_j·w_j + Σ_j max(y_j, 0)·w_j.
///
/// The first sum is of the user alone, the second of the item alone, and the third has terms only where a
/// sign is not as expected (`expected_signs`): of `wide_and_deep` (anime-5k) 1 in 7, and 1 in 9 if each group
/// of alike items has its own E. These are not spread evenly: half the columns have 1 in 50. Bytes tell which
/// of these columns a pair needs (`sign_levels`). The other half is multiplied for two rows at a time by
/// lists of columns, or, where that is faster, as a whole by digits.
///
/// `look_ahead_items` and `look_ahead_user` write what is known before they meet: the sum over E, the part of
/// y in the columns that are often above zero, bytes of the others, and their part of y.
template <class T>
class pair_layer {
  public:
    struct workspace {
        simd::positive_rows<T> listed;
        simd::digit_rows digits;
    };

    pair_layer() = default;
    /// @param weights, bias of the second layer. @param items their rows of the first one before its
    /// activation. @param usual_user the mean of the users' rows
    template <class Number>
    pair_layer(const matrix<T>& weights, const matrix<T>& bias, const matrix<T>& items,
               const Number* usual_user)
        : expected_{items, usual_user, by_digits() ? 1 : expected_signs<T>::most_groups},
          bias_{bias},
          weights_(padded_size<T>(items.columns()), weights.columns()) {
        weights_.fill_zero();
        for (std::size_t at = 0; at < items.columns(); ++at)
            std::copy_n(weights.row(expected_.order()[at]), weights.stride(), weights_.row(at));
        often_ = columns_often_above();
        if constexpr (by_digits_at_all)
            if (by_digits() && often_ != 0)
                digits_ = {weights_.data(), weights_.stride(), often_, weights_.stride()};
        matrix<T> ahead;
        look_ahead_items(items, ahead);
        if (!digits_.empty())
            usual_ = usual_length(ahead, usual_user);
        levels_ = {ahead, values_at(), items.columns() - std::min(often_, items.columns())};
    }

    [[nodiscard]] bool empty() const noexcept { return expected_.empty(); }
    [[nodiscard]] const expected_signs<T>& expected() const noexcept { return expected_; }

    void look_ahead_items(const matrix<T>& first, matrix<T>& ahead) const {
        ahead.resize(first.rows(), width());
        ahead.fill_zero();
        for (std::uint32_t item = 0; item < first.rows(); ++item) {
            put_in_order(first.row(item), ahead.row(item));
            put_group(expected_.group_of(item), ahead.row(item));
            levels_.write_levels(ahead.row(item) + values_at(), bytes(ahead.row(item)));
        }
    }
    /// A row for each group of items. The sums have the bias.
    void look_ahead_user(const matrix<T>& first, matrix<T>& ahead) const {
        ahead.resize(expected_.size(), width());
        T* const any = ahead.row(0);
        std::fill_n(any, ahead.stride(), T{0});
        std::copy_n(bias_.data(), bias_.columns(), any);
        put_in_order(first.row(0), any);
        for (std::size_t group = expected_.size(); group-- > 0;) { // the first one last
            if (group != 0)
                std::copy_n(any, ahead.stride(), ahead.row(group));
            put_group(group, ahead.row(group));
            levels_.write_limits(ahead.row(group) + values_at(), bytes(ahead.row(group)));
        }
    }

    /// The layer before its activation, of row `which[order[k]]` of the items with the user in row k.
    /// A row's bits are its own, whatever the others are. @pre `order` has the groups side by side.
    template <class Arch = simd::default_arch>
    void apply(const matrix<T>& user, const matrix<T>& items, std::span<const std::uint32_t> which,
               const std::uint32_t* order, matrix<T>& out, workspace& memory) const {
        out.resize(which.size(), weights_.columns());
        if (!digits_.empty())
            memory.digits.resize(which.size(), digits_.blocks());
        std::array<const T*, most> users, of_items;
        for (std::size_t begin = 0; begin < which.size(); begin += most) {
            const std::size_t count = std::min(most, which.size() - begin);
            for (std::size_t row = 0; row < count; ++row) {
                const std::uint32_t item = which[order[begin + row]];
                users[row] = user.row(expected_.group_of(item));
                of_items[row] = items.row(item);
            }
            for (std::size_t row = 0; row < count; ++row) {
                if (constexpr std::size_t next = 4; begin + row + next < which.size())
                    simd::prefetch_close(items.row(which[order[begin + row + next]]),
                                         values_at() + simd::digit_depth);
                simd::gemm_rare<T, Arch>(seldom(of_items[row]), seldom(users[row]),
                                         padded_size<std::uint8_t>(levels_.columns()),
                                         weights_.data() + often_ * weights_.stride(),
                                         weights_.stride(), weights_.stride(),
                                         out.row(begin + row));
            }
            if (often_ == 0)
                continue;
            const auto often = [&](std::size_t row) {
                return [of_user = users[row] + weights_.stride(),
                        of_item = of_items[row] + weights_.stride()](std::size_t at) {
                    return simd::load<T, Arch>(of_user + at) + simd::load<T, Arch>(of_item + at);
                };
            };
            if constexpr (by_digits_at_all)
                if (!digits_.empty()) {
                    memory.digits.template write<Arch, simd::part::positive>(begin, count, often,
                                                                             often_, usual_);
                    continue;
                }
            simd::gemm_positive<T, Arch>(often, count, weights_.data(), weights_.stride(), often_,
                                         weights_.stride(), out.row(begin), out.stride(),
                                         memory.listed);
        }
        if constexpr (by_digits_at_all)
            if (!digits_.empty())
                memory.digits.template multiply<Arch>(
                    which.size(), digits_, [&](std::size_t row) { return out.row(row); },
                    out.data(), out.stride());
    }

  private:
    static constexpr bool by_digits_at_all = std::is_same_v<T, float>;
    [[nodiscard]] static bool by_digits() noexcept {
        return by_digits_at_all && simd::has_processor_tiles();
    }
    /// Pairs at a time, whose rows stay in the first-level cache.
    static constexpr std::size_t most = simd::digit_edge;

    // Where the parts of a row begin that was looked ahead at.
    [[nodiscard]] std::size_t bytes_at() const noexcept { return weights_.stride() + often_; }
    [[nodiscard]] std::size_t values_at() const noexcept {
        return bytes_at() + padded_size<std::uint8_t>(levels_.columns()) / sizeof(T);
    }
    [[nodiscard]] std::size_t width() const noexcept {
        return values_at() + weights_.rows() - often_;
    }
    [[nodiscard]] std::uint8_t* bytes(T* ahead) const noexcept {
        return reinterpret_cast<std::uint8_t*>(ahead + bytes_at());
    }
    [[nodiscard]] simd::rare_row<T> seldom(const T* ahead) const noexcept {
        return {ahead, ahead + values_at(),
                reinterpret_cast<const std::uint8_t*>(ahead + bytes_at())};
    }
    /// The first columns of the order, in blocks of 64 in which a sign in ten is not as expected, or more:
    /// others cost less one by one.
    [[nodiscard]] std::size_t columns_often_above() const noexcept {
        constexpr std::size_t block = simd::digit_depth;
        const std::span<const float> shares = expected_.surprises();
        std::size_t end = 0;
        for (; end < shares.size() && (!by_digits() || simd::digit_matrix::fits(end + block));
             end += block) {
            const auto part = shares.subspan(end, std::min(block, shares.size() - end));
            const float sum = std::accumulate(part.begin(), part.end(), 0.0F);
            if (sum * 10 < static_cast<float>(part.size()))
                break;
        }
        return std::min(end, weights_.rows());
    }
    /// What y seldom exceeds in the columns that digits take: a quarter more than with the mean user.
    template <class Number>
    [[nodiscard]] T usual_length(const matrix<T>& items, const Number* usual_user) const {
        matrix<T> user(1, expected_.order().size()), ahead;
        std::copy_n(usual_user, user.columns(), user.row(0));
        look_ahead_user(user, ahead);
        T greatest{0};
        for (std::size_t item = 0; item < items.rows(); ++item)
            for (std::size_t at = weights_.stride(); at < bytes_at(); ++at)
                greatest = std::max(greatest, ahead(0, at) + items(item, at));
        return greatest * T{1.25};
    }
    /// The values of a row behind its sum, in the new order, and to the sum what all groups add.
    void put_in_order(const T* row, T* ahead) const noexcept {
        T* const values = ahead + weights_.stride();
        for (std::size_t at = 0; at < expected_.order().size(); ++at)
            values[at] = row[expected_.order()[at]];
        add_columns(expected_.common(), ahead);
    }
    /// Then what the group adds; and signs, and room for the bytes.
    void put_group(std::size_t group, T* ahead) const noexcept {
        add_columns(expected_.special(group), ahead);
        T* const values = ahead + weights_.stride();
        for (std::size_t at = 0; at < expected_.order().size(); ++at)
            values[at] *= expected_.signs(group)[at];
        if (bytes_at() == values_at()) // as while the levels are being found
            return;
        std::copy_backward(values + often_, values + weights_.rows(), ahead + width());
        std::fill(ahead + bytes_at(), ahead + values_at(), T{0});
    }
    void add_columns(std::span<const std::uint32_t> chosen, T* ahead) const noexcept {
        simd::gemm_chosen<T>(ahead + weights_.stride(), 0, weights_.data(), weights_.stride(), 1,
                             chosen, weights_.stride(), ahead, 0);
    }

    expected_signs<T> expected_;
    matrix<T> bias_, weights_;  ///< rows of weights in the order of `expected_`
    std::size_t often_ = 0;     ///< columns at the front, which are multiplied for all pairs
    simd::digit_matrix digits_; ///< their weights again, where that is faster
    T usual_ = 0;               ///< what their part of y seldom exceeds
    sign_levels<T> levels_;     ///< of the others
};

} // namespace hybrec::neural::detail
