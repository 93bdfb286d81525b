// SPDX-License-Identifier: MIT
/// @file
/// Which columns of a sum of two rows are expected above zero.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <numeric>
#include <span>
#include <vector>

namespace hybrec::neural::detail {

/// The signs of u + i that are usual for users u with items i. Items are put into a few groups of alike
/// ones by k-means (Lloyd 1982); what is usual is the sign of the mean user plus the group's mean. Columns are
/// numbered anew: those come first whose sign with the mean user is most often not as expected.
template <class T>
class expected_signs {
  public:
    static constexpr std::size_t most_groups = 8;

    expected_signs() = default;
    /// @param usual_user the mean of the users' rows. @param groups of items at most; 1 to `most_groups`
    /// Complexity: O(items · columns · groups), a few times.
    template <class Number, class Use = on_use>
    expected_signs(const matrix<T>& items, const Number* usual_user,
                   std::size_t groups = most_groups)
        : group_of_(items.rows()) {
        const matrix<T> means = find_groups(items, groups);
        for (std::size_t group = 0; group < means.rows(); ++group) {
            aligned_vector<T>& signs = signs_.emplace_back(items.columns());
            for (std::size_t at = 0; at < items.columns(); ++at)
                signs[at] = is_above(usual_user[at], means(group, at)) ? T{-1} : T{1};
        }
        put_in_order(items, usual_user);
        std::vector<std::size_t> everywhere(items.columns());
        for (const auto& signs : signs_)
            for (std::size_t at = 0; at < items.columns(); ++at)
                everywhere[at] += signs[at] < T{0};
        special_.resize(size());
        for (std::uint32_t at = 0; at < items.columns(); ++at)
            if (everywhere[at] == size())
                common_.push_back(at);
            else
                for (std::size_t group = 0; group < size(); ++group)
                    if (signs_[group][at] < T{0})
                        special_[group].push_back(at);
    }

    [[nodiscard]] bool empty() const noexcept { return signs_.empty(); }
    /// How many groups there are.
    [[nodiscard]] std::size_t size() const noexcept { return signs_.size(); }
    [[nodiscard]] std::size_t group_of(std::uint32_t item) const noexcept {
        return group_of_[item];
    }
    /// The columns in the order that the following count in.
    [[nodiscard]] std::span<const std::uint32_t> order() const noexcept { return as_span(order_); }
    /// The share of the items whose sum with the mean user has not the sign that is expected, of each
    /// column; falls.
    [[nodiscard]] std::span<const float> surprises() const noexcept { return as_span(surprises_); }
    /// −1 for columns that are expected above zero, else 1.
    [[nodiscard]] std::span<const T> signs(std::size_t group) const noexcept {
        return signs_[group];
    }
    /// The columns that are expected above zero in all groups, and in one beside these.
    [[nodiscard]] std::span<const std::uint32_t> common() const noexcept {
        return as_span(common_);
    }
    [[nodiscard]] std::span<const std::uint32_t> special(std::size_t group) const noexcept {
        return as_span(special_[group]);
    }

    /// Writes the positions in `which` group by group, in their order within each.
    /// @pre there are at most `Most`.
    template <std::size_t Most>
    void sort(std::span<const std::uint32_t> which,
              std::array<std::uint32_t, Most>& order) const noexcept {
        assert(which.size() <= Most);
        if (size() == 1)
            return std::iota(order.begin(), order.end(), 0U);
        std::array<std::size_t, most_groups + 1> begins{};
        for (const std::uint32_t item : which)
            ++begins[group_of(item) + 1];
        for (std::size_t group = 0; group < most_groups; ++group)
            begins[group + 1] += begins[group];
        for (std::uint32_t at = 0; at < which.size(); ++at)
            order[begins[group_of(which[at])]++] = at;
    }

  private:
    template <class Number>
    [[nodiscard]] static bool is_above(Number of_user, T of_item) noexcept {
        return of_user + static_cast<Number>(of_item) > 0;
    }
    /// Counts surprises, and sorts the columns of all signs by them.
    template <class Number>
    void put_in_order(const matrix<T>& items, const Number* usual_user) {
        std::vector<std::uint32_t> counts(items.columns());
        for (std::uint32_t item = 0; item < items.rows(); ++item)
            for (std::size_t at = 0; at < items.columns(); ++at)
                counts[at] += is_above(usual_user[at], items(item, at)) !=
                              (signs_[group_of(item)][at] < T{0});
        order_.resize(items.columns());
        std::iota(order_.begin(), order_.end(), 0U);
        std::ranges::stable_sort(order_, std::greater{},
                                 [&](std::uint32_t column) { return counts[column]; });
        for (const std::uint32_t column : order_)
            surprises_.push_back(static_cast<float>(counts[column]) /
                                 static_cast<float>(std::max<std::size_t>(items.rows(), 1)));
        for (auto& signs : signs_) {
            const aligned_vector<T> before = signs;
            for (std::size_t at = 0; at < order_.size(); ++at)
                signs[at] = before[order_[at]];
        }
    }
    /// Numbers the items' groups, and returns the means of these.
    matrix<T> find_groups(const matrix<T>& items, std::size_t most) {
        constexpr std::size_t rounds = 8, enough = 64; // items of a group
        const std::size_t groups = std::clamp<std::size_t>(items.rows() / enough, 1, most);
        matrix<T> means(groups, items.columns());
        means.fill_zero();
        for (std::size_t group = 0; group < std::min(groups, items.rows()); ++group)
            std::copy_n(items.row(group * items.rows() / groups), means.stride(), means.row(group));
        std::vector<std::size_t> sizes(groups);
        for (std::size_t round = 0; round < rounds; ++round) {
            assign(items, means);
            std::fill(sizes.begin(), sizes.end(), std::size_t{0});
            for (const std::uint8_t group : group_of_)
                ++sizes[group];
            for (std::size_t group = 0; group < groups; ++group)
                if (sizes[group] != 0) // of an empty one the mean stays
                    std::fill_n(means.row(group), means.stride(), T{0});
            for (std::size_t item = 0; item < items.rows(); ++item)
                simd::axpy(T{1} / static_cast<T>(sizes[group_of_[item]]), items.row(item),
                           means.row(group_of_[item]), means.stride());
        }
        return means;
    }
    /// The nearest mean of each item: the least |m|² − 2·x·m.
    void assign(const matrix<T>& items, const matrix<T>& means) {
        std::array<T, most_groups> lengths{}, products{};
        for (std::size_t group = 0; group < means.rows(); ++group)
            lengths[group] = simd::dot(means.row(group), means.row(group), means.stride());
        for (std::size_t item = 0; item < items.rows(); ++item) {
            simd::dot_rows(items.row(item), means.data(), means.stride(), means.rows(),
                           means.stride(), products.data());
            std::size_t nearest = 0;
            for (std::size_t group = 1; group < means.rows(); ++group)
                if (lengths[group] - 2 * products[group] < lengths[nearest] - 2 * products[nearest])
                    nearest = group;
            group_of_[item] = static_cast<std::uint8_t>(nearest);
        }
    }

    std::vector<aligned_vector<T>> signs_; // of each group
    std::vector<std::uint32_t> order_;
    std::vector<float> surprises_;
    std::vector<std::uint32_t> common_;
    std::vector<std::vector<std::uint32_t>> special_;
    std::vector<std::uint8_t> group_of_; // each item
};

} // namespace hybrec::neural::detail
