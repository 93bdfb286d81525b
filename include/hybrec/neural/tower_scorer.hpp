// SPDX-License-Identifier: MIT
/// @file
/// A trained tower, as scoring runs it.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/tower.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/gemm_chosen.hpp>
#include <hybrec/simd/list_bits.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec::neural {

/// All of a `tower` after its first product. Normalizations, which are lines in inference, are part
/// of the weights behind them, and dropout is none. Runs on the calling thread alone.
///
/// Where the first product is a sum u + i of what a user and an item add, little of the second depends
/// on the pair. Let E be the columns of x = u + i that are above zero for most pairs, and y_j = −x_j
/// for j in E, x_j elsewhere. As max(x, 0) = x + max(−x, 0),
///
///     Σ_j max(x_j, 0)·w_j = Σ_E u_j·w_j + Σ_E i_j·w_j + Σ_j max(y_j, 0)·w_j.
///
/// The first sum is of the user alone, the second of the item alone, and the third has terms only where
/// a sign is not as expected: of wide_and_deep 1 in 7 (anime-5k).
template <class T = float>
class tower_scorer {
  public:
    struct workspace {
        std::vector<matrix<T>> levels;     ///< behind the first
        matrix<T> sums;                    ///< the first
        aligned_vector<T> unexpected;      ///< of some rows: what was not expected above zero
        std::vector<std::uint32_t> chosen; ///< where, pair after pair
    };
    /// Rows that are scored at a time: few enough that all levels stay in cache.
    static constexpr std::size_t most_rows = 64;

    tower_scorer() = default;
    /// @pre the tower has a hidden layer.
    explicit tower_scorer(const tower<T>& trained) {
        const auto& hidden = trained.hidden();
        for (std::size_t at = 1; at <= hidden.size(); ++at) {
            const dense<T>& map = at < hidden.size() ? hidden[at].map : trained.last();
            step next{map.weights(), map.bias()};
            if (trained.normalizes())
                for (std::size_t in = 0; in < map.inputs(); ++in) {
                    const auto [slope, at_zero] = hidden[at - 1].norm.line_of(in);
                    for (std::size_t out = 0; out < map.outputs(); ++out) {
                        next.bias(0, out) += at_zero * map.weights()(in, out);
                        next.weights(in, out) *= slope;
                    }
                }
            if (at < hidden.size()) {
                next.transposed.resize(map.outputs(), map.inputs());
                for (std::size_t in = 0; in < map.inputs(); ++in)
                    for (std::size_t out = 0; out < map.outputs(); ++out)
                        next.transposed(out, in) = next.weights(in, out);
                steps_.push_back(std::move(next));
            } else {
                last_.assign(padded_size<T>(map.inputs()), T{0});
                for (std::size_t in = 0; in < map.inputs(); ++in)
                    last_[in] = next.weights(in, 0);
                constant_ = next.bias(0, 0);
            }
        }
    }

    /// Adds the tower's output to `scores`. @param first rows before the first activation; they are
    /// overwritten. @pre at most `most_rows` rows; every value of a row depends on that row alone.
    void add_scores(matrix<T>& first, T* scores, workspace& memory) const {
        climb(first, 0, scores, memory);
    }

    /// What is known of the user, or of all items, of a pair: their parts of the rows before the first
    /// activation, and what `look_ahead` made of these.
    struct parts {
        const matrix<T>& first;
        const matrix<T>& ahead;
    };
    /// The same for the sums of row 0 of `user` and rows `which` of `items`. @pre `expect` was called.
    void add_scores(const parts& user, const parts& items, std::span<const std::uint32_t> which,
                    T* scores, workspace& memory) const {
        if (signs_.empty()) {
            memory.sums.resize(which.size(), user.first.columns());
            for (std::size_t row = 0; row < which.size(); ++row)
                detail::add_rows(user.first.row(0), items.first.row(which[row]),
                                 memory.sums.row(row), memory.sums.stride());
            return climb(memory.sums, 0, scores, memory);
        }
        grow(memory);
        matrix<T>& second = memory.levels.front();
        second.resize(which.size(), user.ahead.columns());
        for (std::size_t row = 0; row < which.size(); ++row) {
            simd::prefetch(items.first.row(which[row]), items.first.stride());
            detail::add_rows(user.ahead.row(0), items.ahead.row(which[row]), second.row(row),
                             second.stride());
        }
        for (std::size_t row = 0; row < which.size(); row += together)
            add_unexpected(user.first.row(0), items.first,
                           which.subspan(row, std::min(together, which.size() - row)),
                           second.row(row), memory);
        climb(second, 1, scores, memory);
    }
    /// Expects sums to have the signs of `usual`, a row of them.
    template <class Number>
    void expect(const Number* usual) {
        if (steps_.empty())
            return;
        const matrix<T>& weights = steps_.front().weights;
        if (weights.rows() * weights.columns() < worth_looking_ahead)
            return;
        signs_.assign(padded_size<T>(weights.rows()), T{1});
        expected_ = matrix<T>(weights.rows(), weights.columns());
        for (std::size_t at = 0; at < weights.rows(); ++at)
            if (usual[at] > 0) {
                signs_[at] = T{-1};
                std::copy_n(weights.row(at), weights.stride(), expected_.row(at));
            }
    }
    /// What a part adds to the second layer in the columns that are expected above zero; of the user
    /// with the layer's bias. No columns if that is not worth it.
    void look_ahead(const matrix<T>& first, bool of_user, matrix<T>& ahead) const {
        ahead.resize(first.rows(), expected_.columns());
        if (signs_.empty())
            return;
        for (std::size_t row = 0; row < ahead.rows(); ++row)
            if (of_user)
                std::copy_n(steps_.front().bias.data(), ahead.stride(), ahead.row(row));
            else
                std::fill_n(ahead.row(row), ahead.stride(), T{0});
        simd::gemm<T, simd::default_arch, simd::update::add>(
            first.data(), first.stride(), expected_.data(), expected_.stride(), first.rows(),
            expected_.rows(), ahead.stride(), ahead.data(), ahead.stride());
    }

    /// After `add_scores` of the same rows: turns derivatives by the scores into those by `first`,
    /// in its place.
    void descend(const T* slopes, matrix<T>& first, workspace& memory) const {
        const auto level = [&](std::size_t at) -> matrix<T>& {
            return at == 0 ? first : memory.levels[at - 1];
        };
        matrix<T>& end = level(steps_.size());
        for (std::size_t row = 0; row < end.rows(); ++row)
            for (std::size_t at = 0; at < end.columns(); ++at)
                end(row, at) = end(row, at) > T{0} ? slopes[row] * last_[at] : T{0};
        matrix<T> below;
        for (std::size_t at = steps_.size(); at-- > 0;) {
            matrix<T>& values = level(at);
            below.resize(values.rows(), values.columns());
            simd::gemm(level(at + 1).data(), level(at + 1).stride(), steps_[at].transposed.data(),
                       steps_[at].transposed.stride(), values.rows(), level(at + 1).columns(),
                       below.stride(), below.data(), below.stride());
            for (std::size_t place = 0; place < values.size(); ++place)
                values.data()[place] = values.data()[place] > T{0} ? below.data()[place] : T{0};
        }
    }

  private:
    struct step {
        matrix<T> weights, bias, transposed{};
    };

    void grow(workspace& memory) const {
        if (memory.levels.size() < steps_.size())
            memory.levels.resize(steps_.size());
        if (memory.unexpected.size() < together * signs_.size()) {
            memory.unexpected.resize(together * signs_.size());
            memory.chosen.resize(together / 2 * (signs_.size() + more_room));
        }
    }
    /// From the rows before activation number `at` to the scores.
    void climb(matrix<T>& begin, std::size_t at, T* scores, workspace& memory) const {
        assert(begin.rows() <= most_rows);
        grow(memory);
        matrix<T>* from = &begin;
        activate(*from);
        for (; at < steps_.size(); ++at) {
            matrix<T>& to = memory.levels[at];
            to.resize(begin.rows(), steps_[at].weights.columns());
            for (std::size_t row = 0; row < to.rows(); ++row)
                std::copy_n(steps_[at].bias.data(), to.stride(), to.row(row));
            simd::gemm<T, simd::default_arch, simd::update::add>(
                from->data(), from->stride(), steps_[at].weights.data(),
                steps_[at].weights.stride(), to.rows(), from->columns(), to.stride(), to.data(),
                to.stride());
            activate(to);
            from = &to;
        }
        std::array<T, most_rows> products;
        simd::dot_rows(last_.data(), from->data(), from->stride(), from->rows(), from->stride(),
                       products.data());
        for (std::size_t row = 0; row < from->rows(); ++row)
            scores[row] += products[row] + constant_;
    }

    /// Smaller products are faster than finding out which signs are not expected (64 × 32: 31 µs for
    /// 1,000 rows, and 38).
    static constexpr std::size_t worth_looking_ahead = 8192;
    static constexpr std::size_t together = 8;   // rows, an even number
    static constexpr std::size_t more_room = 16; // as `list_bits` asks for

    /// Adds the terms of the third sum for at most `together` rows: pair after pair those above zero, or
    /// all if that is faster. The bits are the same.
    void add_unexpected(const T* user, const matrix<T>& items, std::span<const std::uint32_t> which,
                        T* out, workspace& memory) const {
        const matrix<T>& weights = steps_.front().weights;
        const std::size_t size = signs_.size(), room = size + more_room;
        std::array<std::size_t, together / 2> counts{};
        std::size_t total = 0;
        for (std::size_t row = 0; row < which.size(); row += 2) {
            const std::uint32_t second = which[std::min(row + 1, which.size() - 1)];
            counts[row / 2] = list_unexpected(user, items.row(which[row]), items.row(second),
                                              memory.unexpected.data() + row * size,
                                              memory.chosen.data() + row / 2 * room);
            total += counts[row / 2];
        }
        // Rows of weights that a pair chooses come from the second-level cache, for two rows only.
        if (total > size / 2 * ((which.size() + 1) / 2)) {
            simd::gemm<T, simd::default_arch, simd::update::add>(
                memory.unexpected.data(), size, weights.data(), weights.stride(), which.size(),
                weights.rows(), weights.stride(), out, weights.stride());
            return;
        }
        for (std::size_t row = 0; row < which.size(); row += 2)
            simd::gemm_chosen<T>(memory.unexpected.data() + row * size, size, weights.data(),
                                 weights.stride(), std::min<std::size_t>(2, which.size() - row),
                                 {memory.chosen.data() + row / 2 * room, counts[row / 2]},
                                 weights.stride(), out + row * weights.stride(), weights.stride());
    }
    /// Writes max(y, 0) of two rows, and lists the columns in which one of them is above zero.
    template <class Arch = simd::default_arch>
    std::size_t list_unexpected(const T* user, const T* first, const T* second, T* values,
                                std::uint32_t* chosen) const noexcept {
        const std::size_t size = signs_.size();
        const auto zero = simd::broadcast<T, Arch>(T{0});
        std::size_t count = 0;
        for (std::size_t at = 0; at < size; at += simd::width<T, Arch>) {
            const auto sign = simd::load<T, Arch>(signs_.data() + at);
            const auto shared = simd::load<T, Arch>(user + at);
            const auto y = (shared + simd::load<T, Arch>(first + at)) * sign;
            const auto z = (shared + simd::load<T, Arch>(second + at)) * sign;
            xsimd::select(y > zero, y, zero).store_aligned(values + at);
            xsimd::select(z > zero, z, zero).store_aligned(values + size + at);
            count += simd::list_bits<simd::width<T, Arch>, Arch>(
                simd::bits_of<Arch>(y > zero) | simd::bits_of<Arch>(z > zero),
                static_cast<std::uint32_t>(at), chosen + count);
        }
        return count;
    }

    static void activate(matrix<T>& values) noexcept {
        for (std::size_t at = 0; at < values.size(); at += simd::line<T>) {
            T* const x = values.data() + at;
            for (std::size_t j = 0; j < simd::line<T>; ++j)
                x[j] = x[j] < T{0} ? T{0} : x[j];
        }
    }

    std::vector<step> steps_;
    aligned_vector<T> signs_; // −1 for columns that are expected above zero, else 1
    matrix<T> expected_;      // the weights behind these, else 0
    aligned_vector<T> last_;
    T constant_ = 0;
};

} // namespace hybrec::neural
