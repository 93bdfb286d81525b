// SPDX-License-Identifier: MIT
/// @file
/// A trained tower, as scoring runs it.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/detail/pair_layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/tower.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/gemm_digits.hpp>
#include <hybrec/simd/gemm_positive.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <type_traits>
#include <vector>

namespace hybrec::neural {

/// All of a `tower` after its first product. Normalizations, which are lines in inference, are part
/// of the weights behind them, and dropout is none. Runs on the calling thread alone.
/// Where the first product is a sum of what user and item add, the second is prepared (`pair_layer`).
template <class T = float>
class tower_scorer {
  public:
    struct workspace {
        std::vector<matrix<T>> levels; ///< behind the first
        matrix<T> sums;                ///< the first
        typename detail::pair_layer<T>::workspace products;
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
                if constexpr (std::is_same_v<T, float>)
                    if (multiplies_digits(next.weights))
                        next.digits = {next.weights.data(), next.weights.stride(), map.inputs(),
                                       next.weights.stride()};
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
    void add_scores(const parts& user, const parts& items, std::span<const std::uint32_t> which,
                    T* scores, workspace& memory) const {
        if (pairs_.empty()) {
            memory.sums.resize(which.size(), user.first.columns());
            for (std::size_t row = 0; row < which.size(); ++row)
                detail::add_rows(user.first.row(0), items.first.row(which[row]),
                                 memory.sums.row(row), memory.sums.stride());
            return climb(memory.sums, 0, scores, memory);
        }
        grow(memory);
        std::array<std::uint32_t, most_rows> order{}; // of `which`: alike items side by side
        pairs_.expected().sort(which, order);
        pairs_.apply(user.ahead, items.ahead, which, order.data(), memory.levels.front(),
                     memory.products);
        std::array<T, most_rows> sorted{};
        climb(memory.levels.front(), 1, sorted.data(), memory);
        for (std::size_t row = 0; row < which.size(); ++row)
            scores[order[row]] += sorted[row];
    }
    /// Learns which signs and lengths sums of users with these items have. @param usual_user the mean user
    template <class Number>
    void expect(const matrix<T>& items, const Number* usual_user) {
        if (steps_.empty() || !is_large(steps_.front().weights))
            return;
        pairs_ = {steps_.front().weights, steps_.front().bias, items, usual_user};
        matrix<T> user(1, items.columns()), of_user, of_items;
        std::copy_n(usual_user, items.columns(), user.row(0));
        pairs_.look_ahead_user(user, of_user);
        pairs_.look_ahead_items(items, of_items);
        workspace memory;
        std::array<std::uint32_t, most_rows> which{};
        std::array<T, most_rows> scores{};
        for (std::size_t begin = 0; begin < items.rows(); begin += most_rows) {
            const std::size_t count = std::min(most_rows, items.rows() - begin);
            std::iota(which.begin(), which.end(), static_cast<std::uint32_t>(begin));
            add_scores({user, of_user}, {items, of_items}, as_span(which).first(count),
                       scores.data(), memory);
            for (std::size_t at = 1; at < steps_.size(); ++at) {
                const matrix<T>& level = memory.levels[at - 1];
                steps_[at].usual = std::max(
                    steps_[at].usual,
                    *std::max_element(level.data(), level.data() + level.size()) * T{1.25});
            }
        }
    }
    /// What scoring is spared of items, and of a user, if that is worth it.
    void look_ahead_items(const matrix<T>& first, matrix<T>& ahead) const {
        if (!pairs_.empty())
            pairs_.look_ahead_items(first, ahead);
    }
    void look_ahead_user(const matrix<T>& first, matrix<T>& ahead) const {
        if (!pairs_.empty())
            pairs_.look_ahead_user(first, ahead);
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
        simd::digit_matrix digits{}; ///< the weights again, where that is faster
        T usual = 0;                 ///< what values before them seldom exceed; 0: unknown
    };

    void grow(workspace& memory) const {
        if (memory.levels.size() < steps_.size())
            memory.levels.resize(steps_.size());
    }
    /// Level `at` with nothing but its bias, or, if that comes with the product, as it was.
    matrix<T>& begin_level(std::size_t at, std::size_t rows, workspace& memory) const {
        matrix<T>& level = memory.levels[at];
        level.resize(rows, steps_[at].weights.columns());
        for (std::size_t row = 0; row < rows && steps_[at].digits.empty(); ++row)
            std::copy_n(steps_[at].bias.data(), level.stride(), level.row(row));
        return level;
    }
    /// From the rows before activation number `at` to the scores.
    template <class Arch = simd::default_arch>
    void climb(matrix<T>& begin, std::size_t at, T* scores, workspace& memory) const {
        assert(begin.rows() <= most_rows);
        grow(memory);
        matrix<T>* from = &begin;
        for (; at < steps_.size(); ++at) {
            matrix<T>& to = begin_level(at, begin.rows(), memory);
            if (!steps_[at].digits.empty() || is_large(steps_[at].weights)) {
                const auto row = [&](std::size_t number) {
                    return [in = from->row(number)](std::size_t column) {
                        return simd::load<T, Arch>(in + column);
                    };
                };
                multiply<Arch>(row, steps_[at], to, memory);
            } else {
                activate(*from);
                simd::gemm<T, Arch, simd::update::add>(
                    from->data(), from->stride(), steps_[at].weights.data(),
                    steps_[at].weights.stride(), to.rows(), from->columns(), to.stride(), to.data(),
                    to.stride());
            }
            from = &to;
        }
        for (std::size_t row = 0; row < from->rows(); ++row) {
            auto sum = simd::broadcast<T, Arch>(T{0});
            for (std::size_t column = 0; column < from->stride(); column += simd::width<T, Arch>)
                sum = simd::multiply_add(
                    simd::positive_part<T, Arch>(simd::load<T, Arch>(from->row(row) + column)),
                    simd::load<T, Arch>(last_.data() + column), sum);
            scores[row] += simd::sum(sum) + constant_;
        }
    }

    /// Smaller products are faster than finding out what is above zero (64 × 32: 31 µs for 1,000
    /// rows, and 38).
    [[nodiscard]] static bool is_large(const matrix<T>& weights) noexcept {
        return weights.rows() * weights.columns() >= 8192;
    }
    /// Whether products of digits are faster, which cost as much whatever is above zero.
    [[nodiscard]] static bool multiplies_digits(const matrix<T>& weights) noexcept {
        return simd::has_processor_tiles() && simd::digit_matrix::fits(weights.rows()) &&
               is_large(weights);
    }
    /// Adds max(row, 0)·weights to `out`, as `begin_level` left it, for every row.
    template <class Arch, class Row>
    static void multiply(const Row& row, const step& behind, matrix<T>& out, workspace& memory) {
        const matrix<T>& weights = behind.weights;
        if constexpr (std::is_same_v<T, float>)
            if (!behind.digits.empty()) {
                return simd::gemm_digits<Arch, simd::part::positive>(
                    row, out.rows(), padded_size<T>(weights.rows()), behind.digits,
                    [&](std::size_t) { return behind.bias.data(); }, out.data(), out.stride(),
                    memory.products.digits, behind.usual);
            }
        simd::gemm_positive<T, Arch>(row, out.rows(), weights.data(), weights.stride(),
                                     weights.rows(), weights.stride(), out.data(), out.stride(),
                                     memory.products.listed);
    }
    static void activate(matrix<T>& values) noexcept {
        for (std::size_t at = 0; at < values.size(); at += simd::line<T>) {
            T* const x = values.data() + at;
            for (std::size_t j = 0; j < simd::line<T>; ++j)
                x[j] = x[j] < T{0} ? T{0} : x[j];
        }
    }

    std::vector<step> steps_;
    detail::pair_layer<T> pairs_;
    aligned_vector<T> last_;
    T constant_ = 0;
};

} // namespace hybrec::neural
