// SPDX-License-Identifier: MIT
/// @file
/// Reflections, then rotations of rows, a slice of columns at a time.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/batch.hpp>

#include <algorithm>
#include <cstddef>

namespace hybrec::simd::detail {

/// Plane rotations of neighbouring rows.
template <class T>
struct row_rotations {
    struct sweep {
        std::size_t row; ///< of the first rotation; those after it turn the rows that follow
        std::size_t first_angle;
    };
    struct angle {
        T cosine;
        T sine;
    };
    aligned_vector<sweep> sweeps;
    aligned_vector<angle> angles;

    void clear() noexcept { sweeps.clear(), angles.clear(); }
};

/// The identity matrix, turned by reflections and then by plane rotations of neighbouring rows. A slice of
/// columns stays in the first-level cache, and on one thread, while all of either kind pass over it.
template <class T, class Arch>
class turned_columns {
  public:
    /// @param reflectors row k is v of the k-th reflection I − v vᵀ, zero up to column k
    /// @param matrix     what is turned, with the same stride; whole lines, one more than `size` needs
    /// @param rotations  memory for them
    turned_columns(const T* reflectors, T* matrix, std::size_t stride, std::size_t size,
                   row_rotations<T>& rotations, const execution& where)
        : reflectors_{reflectors},
          matrix_{matrix},
          stride_{stride},
          size_{size},
          rotations_{&rotations},
          where_{&where} {
        rotations.clear();
    }

    /// The next rotation turns rows `row` and `row + 1`; those after it the rows that follow.
    void begin_sweep(std::size_t row) {
        rotations_->sweeps.push_back({row, rotations_->angles.size()});
    }
    void add(T cosine, T sine) { rotations_->angles.push_back({cosine, sine}); }

    /// Turns the columns by all reflections, and then by the rotations that `find()` adds: which takes one
    /// thread, and the others reflect columns in the meantime.
    template <class Find>
    void turn(const Find& find) {
        thread_pool& pool = where_->threads();
        const std::size_t slices = (size_ + slice - 1) / slice;
        pool.for_chunks(slices + 1, 1, [&](std::size_t at, std::size_t, std::size_t) {
            if (at == 0)
                find();
            else
                reflect((at - 1) * slice);
        });
        pool.for_chunks(slices, 1,
                        [&](std::size_t at, std::size_t, std::size_t) { rotate(at * slice); });
    }

  private:
    using vector = batch<T, Arch>;
    static constexpr std::size_t step = width<T, Arch>;
    static constexpr std::size_t registers = 2;
    static constexpr std::size_t slice = registers * step; ///< columns

    /// M ← M − v (vᵀ M) for every reflection in turn, from M = I. What one subtracts from a row and what
    /// the next multiplies it by meet in registers.
    void reflect(std::size_t column) noexcept {
        for (std::size_t row = 0; row < size_; ++row)
            std::fill_n(matrix_ + row * stride_ + column, registers * step, T{0});
        for (std::size_t at = column; at < std::min(size_, column + registers * step); ++at)
            matrix_[at * stride_ + at] = T{1};
        T* const first = matrix_ + column;
        const std::size_t stride = stride_, size = size_;
        vector product[registers]; // vᵀ M of the reflection before
        for (auto& values : product)
            values = broadcast<T, Arch>(T{0});
        const T* before = reflectors_ + (size_ - 1) * stride_; // which is zero
        for (std::size_t k = 0; k + 1 < size_; ++k) {
            const T* const next = reflectors_ + k * stride_;
            vector sums[2][registers]; // of even and of odd rows: two chains of additions
            for (auto& half : sums)
                for (auto& values : half)
                    values = broadcast<T, Arch>(T{0});
            const auto pass = [&](std::size_t row, T* at, vector(&sum)[registers]) {
                const auto subtract = broadcast<T, Arch>(before[row]);
                const auto multiply = broadcast<T, Arch>(next[row]);
                for (std::size_t r = 0; r < registers; ++r) {
                    const auto left =
                        subtract_product(subtract, product[r], load<T, Arch>(at + r * step));
                    left.store_aligned(at + r * step);
                    sum[r] = multiply_add(multiply, left, sum[r]);
                }
            };
            std::size_t row = k; // of which `next` is zero
            T* at = first + row * stride;
            for (; row + 2 <= size; row += 2, at += 2 * stride) {
                pass(row, at, sums[0]);
                pass(row + 1, at + stride, sums[1]);
            }
            if (row < size)
                pass(row, at, sums[0]);
            for (std::size_t r = 0; r < registers; ++r)
                product[r] = sums[0][r] + sums[1][r];
            before = next;
        }
        if (size_ > 1) // the last one's
            for (std::size_t r = 0; r < registers; ++r) {
                T* const at = first + (size - 1) * stride + r * step;
                subtract_product(broadcast<T, Arch>(before[size - 1]), product[r],
                                 load<T, Arch>(at))
                    .store_aligned(at);
            }
    }

    void rotate(std::size_t column) noexcept {
        const auto& [sweeps, angles] = *rotations_;
        for (std::size_t s = 0; s < sweeps.size(); ++s) {
            const std::size_t end =
                s + 1 < sweeps.size() ? sweeps[s + 1].first_angle : angles.size();
            T* row = matrix_ + sweeps[s].row * stride_ + column;
            vector upper[registers]; // the row that two rotations share stays in registers
            for (std::size_t r = 0; r < registers; ++r)
                upper[r] = load<T, Arch>(row + r * step);
            for (std::size_t at = sweeps[s].first_angle; at < end; ++at, row += stride_) {
                const vector cosine = broadcast<T, Arch>(angles[at].cosine);
                const vector sine = broadcast<T, Arch>(angles[at].sine);
                for (std::size_t r = 0; r < registers; ++r) {
                    const vector lower = load<T, Arch>(row + stride_ + r * step);
                    multiply_add(cosine, upper[r], sine * lower).store_aligned(row + r * step);
                    upper[r] = subtract_product(sine, upper[r], cosine * lower);
                }
            }
            for (std::size_t r = 0; r < registers; ++r)
                upper[r].store_aligned(row + r * step);
        }
    }

    const T* reflectors_;
    T* matrix_;
    std::size_t stride_, size_;
    row_rotations<T>* rotations_;
    const execution* where_;
};

} // namespace hybrec::simd::detail
