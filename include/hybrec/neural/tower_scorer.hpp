// SPDX-License-Identifier: MIT
/// @file
/// A trained tower, as scoring runs it.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/detail/expected_signs.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/tower.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/gemm_chosen.hpp>
#include <hybrec/simd/gemm_positive.hpp>
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
/// a sign is not as expected. Each group of alike items has its own E (`expected_signs`), and is scored
/// together: of `wide_and_deep` (anime-5k) a row has 1 such term in 9, and two rows have 1 in 6.
template <class T = float>
class tower_scorer {
  public:
    struct workspace {
        std::vector<matrix<T>> levels; ///< behind the first
        matrix<T> sums;                ///< the first
        simd::positive_rows<T> positive;
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
    /// activation, and what `look_ahead_user` and `look_ahead_items` made of these.
    struct parts {
        const matrix<T>& first;
        const matrix<T>& ahead;
    };
    /// The same for the sums of row 0 of `user` and rows `which` of `items`. @pre `expect` was called.
    template <class Arch = simd::default_arch>
    void add_scores(const parts& user, const parts& items, std::span<const std::uint32_t> which,
                    T* scores, workspace& memory) const {
        if (expected_.empty()) {
            memory.sums.resize(which.size(), user.first.columns());
            for (std::size_t row = 0; row < which.size(); ++row)
                detail::add_rows(user.first.row(0), items.first.row(which[row]),
                                 memory.sums.row(row), memory.sums.stride());
            return climb(memory.sums, 0, scores, memory);
        }
        grow(memory);
        std::array<std::uint32_t, most_rows> order; // of `which`: alike items side by side
        expected_.sort(which, order);
        matrix<T>& second = memory.levels.front();
        second.resize(which.size(), user.ahead.columns());
        for (std::size_t row = 0; row < which.size(); ++row) {
            const std::uint32_t item = which[order[row]];
            simd::prefetch(items.first.row(item), items.first.stride());
            detail::add_rows(user.ahead.row(expected_.group_of(item)), items.ahead.row(item),
                             second.row(row), second.stride());
        }
        const auto unexpected = [&](std::size_t row) {
            const std::uint32_t item = which[order[row]];
            return [of_user = user.first.row(0), of_item = items.first.row(item),
                    signs = expected_.signs(expected_.group_of(item))](std::size_t at) {
                return (simd::load<T, Arch>(of_user + at) + simd::load<T, Arch>(of_item + at)) *
                       simd::load<T, Arch>(signs + at);
            };
        };
        multiply_positive<Arch>(unexpected, steps_.front(), second, memory);
        std::array<T, most_rows> sorted{};
        climb(second, 1, sorted.data(), memory);
        for (std::size_t row = 0; row < which.size(); ++row)
            scores[order[row]] += sorted[row];
    }
    /// Learns which signs sums of users with these items have. @param usual_user the mean user
    template <class Number>
    void expect(const matrix<T>& items, const Number* usual_user) {
        if (!steps_.empty() && worth_listing(steps_.front()))
            expected_ = {items, usual_user};
    }
    /// What items add to the second layer in the columns that are expected above zero. No columns if
    /// that is not worth it.
    void look_ahead_items(const matrix<T>& first, matrix<T>& ahead) const {
        ahead.resize(first.rows(), expected_.empty() ? 0 : steps_.front().weights.columns());
        ahead.fill_zero();
        for (std::uint32_t item = 0; item < first.rows() && !expected_.empty(); ++item) {
            add_columns(first.row(item), expected_.common(), ahead.row(item));
            add_columns(first.row(item), expected_.special(expected_.group_of(item)),
                        ahead.row(item));
        }
    }
    /// The same of a user and with the layer's bias, a row for each group of items.
    void look_ahead_user(const matrix<T>& first, matrix<T>& ahead) const {
        ahead.resize(expected_.size(), expected_.empty() ? 0 : steps_.front().weights.columns());
        if (expected_.empty())
            return;
        std::copy_n(steps_.front().bias.data(), ahead.stride(), ahead.row(0));
        add_columns(first.row(0), expected_.common(), ahead.row(0));
        for (std::size_t group = expected_.size(); group-- > 0;) { // the first one last
            if (group != 0)
                std::copy_n(ahead.row(0), ahead.stride(), ahead.row(group));
            add_columns(first.row(0), expected_.special(group), ahead.row(group));
        }
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
    }
    /// From the rows before activation number `at` to the scores.
    template <class Arch = simd::default_arch>
    void climb(matrix<T>& begin, std::size_t at, T* scores, workspace& memory) const {
        assert(begin.rows() <= most_rows);
        grow(memory);
        matrix<T>* from = &begin;
        for (; at < steps_.size(); ++at) {
            matrix<T>& to = memory.levels[at];
            to.resize(begin.rows(), steps_[at].weights.columns());
            for (std::size_t row = 0; row < to.rows(); ++row)
                std::copy_n(steps_[at].bias.data(), to.stride(), to.row(row));
            if (worth_listing(steps_[at])) {
                const auto row = [&](std::size_t number) {
                    return [in = from->row(number)](std::size_t column) {
                        return simd::load<T, Arch>(in + column);
                    };
                };
                multiply_positive<Arch>(row, steps_[at], to, memory);
            } else {
                activate(*from);
                simd::gemm<T, Arch, simd::update::add>(
                    from->data(), from->stride(), steps_[at].weights.data(),
                    steps_[at].weights.stride(), to.rows(), from->columns(), to.stride(), to.data(),
                    to.stride());
            }
            from = &to;
        }
        activate(*from);
        std::array<T, most_rows> products;
        simd::dot_rows(last_.data(), from->data(), from->stride(), from->rows(), from->stride(),
                       products.data());
        for (std::size_t row = 0; row < from->rows(); ++row)
            scores[row] += products[row] + constant_;
    }

    /// Smaller products are faster than finding out what is above zero (64 × 32: 31 µs for 1,000
    /// rows, and 38).
    [[nodiscard]] static bool worth_listing(const step& behind) noexcept {
        return behind.weights.rows() * behind.weights.columns() >= 8192;
    }
    template <class Arch, class Row>
    static void multiply_positive(const Row& row, const step& behind, matrix<T>& out,
                                  workspace& memory) {
        const matrix<T>& weights = behind.weights;
        simd::gemm_positive<T, Arch>(row, out.rows(), weights.data(), weights.stride(),
                                     weights.rows(), weights.stride(), out.data(), out.stride(),
                                     memory.positive);
    }
    /// out += Σ row_k·w_k over the chosen columns k.
    void add_columns(const T* row, std::span<const std::uint32_t> chosen, T* out) const noexcept {
        const matrix<T>& weights = steps_.front().weights;
        simd::gemm_chosen<T>(row, 0, weights.data(), weights.stride(), 1, chosen, weights.stride(),
                             out, 0);
    }

    static void activate(matrix<T>& values) noexcept {
        for (std::size_t at = 0; at < values.size(); at += simd::line<T>) {
            T* const x = values.data() + at;
            for (std::size_t j = 0; j < simd::line<T>; ++j)
                x[j] = x[j] < T{0} ? T{0} : x[j];
        }
    }

    std::vector<step> steps_;
    detail::expected_signs<T> expected_;
    aligned_vector<T> last_;
    T constant_ = 0;
};

} // namespace hybrec::neural
