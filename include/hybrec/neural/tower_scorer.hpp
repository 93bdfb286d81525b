// SPDX-License-Identifier: MIT
/// @file
/// A trained tower, as scoring runs it.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/tower.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <vector>

namespace hybrec::neural {

/// All of a `tower` after its first product. Normalizations, which are lines in inference, are part
/// of the weights behind them, and dropout is none. Runs on the calling thread alone.
template <class T = float>
class tower_scorer {
  public:
    struct workspace {
        std::vector<matrix<T>> levels; ///< behind the first
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
        assert(first.rows() <= most_rows);
        const matrix<T>& end = climb(first, memory);
        std::array<T, most_rows> products;
        simd::dot_rows(last_.data(), end.data(), end.stride(), end.rows(), end.stride(),
                       products.data());
        for (std::size_t row = 0; row < first.rows(); ++row)
            scores[row] += products[row] + constant_;
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

    /// The values that the last product reads.
    matrix<T>& climb(matrix<T>& first, workspace& memory) const {
        if (memory.levels.size() < steps_.size())
            memory.levels.resize(steps_.size());
        matrix<T>* from = &first;
        activate(*from);
        for (std::size_t at = 0; at < steps_.size(); ++at) {
            matrix<T>& to = memory.levels[at];
            to.resize(first.rows(), steps_[at].weights.columns());
            for (std::size_t row = 0; row < to.rows(); ++row)
                std::copy_n(steps_[at].bias.data(), to.stride(), to.row(row));
            simd::gemm<T, simd::default_arch, simd::update::add>(
                from->data(), from->stride(), steps_[at].weights.data(),
                steps_[at].weights.stride(), to.rows(), from->columns(), to.stride(), to.data(),
                to.stride());
            activate(to);
            from = &to;
        }
        return *from;
    }
    static void activate(matrix<T>& values) noexcept {
        for (std::size_t at = 0; at < values.size(); at += simd::line<T>) {
            T* const x = values.data() + at;
            for (std::size_t j = 0; j < simd::line<T>; ++j)
                x[j] = x[j] < T{0} ? T{0} : x[j];
        }
    }

    std::vector<step> steps_;
    aligned_vector<T> last_;
    T constant_ = 0;
};

} // namespace hybrec::neural
