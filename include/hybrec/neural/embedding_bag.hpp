// SPDX-License-Identifier: MIT
/// @file
/// Weighted sums of vectors of indices, with gradients for the rows that a batch touches.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/embedding.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::neural {

/// A list of weighted indices for every row of a batch. Memory is kept.
template <class T>
struct weighted_lists {
    std::vector<std::size_t> offsets{0};
    std::vector<std::uint32_t> indices;
    std::vector<T> weights;
    std::vector<std::uint32_t> rows; ///< to which the entries belong

    [[nodiscard]] std::size_t size() const noexcept { return offsets.size() - 1; }
    void clear() noexcept {
        offsets.resize(1);
        indices.clear(), weights.clear(), rows.clear();
    }
    /// Adds to the list that is open.
    void add(std::uint32_t index, T weight) {
        indices.push_back(index);
        weights.push_back(weight);
        rows.push_back(static_cast<std::uint32_t>(size()));
    }
    /// The next list begins.
    void close() { offsets.push_back(indices.size()); }
    /// Adds the lists of `other` behind these.
    void append(const weighted_lists& other) {
        for (std::size_t row = 0; row < other.size(); ++row) {
            for (std::size_t at = other.offsets[row]; at < other.offsets[row + 1]; ++at)
                add(other.indices[at], other.weights[at]);
            close();
        }
    }
};

/// out[r] = Σ wₖ·table[iₖ] over the list of r; zero for an empty one.
template <class T = float>
class embedding_bag {
  public:
    using value_type = T;

    embedding_bag() = default;
    /// As `embedding`.
    embedding_bag(std::size_t rows, std::size_t columns, const counter_random& random,
                  double deviation = 1)
        : vectors_{rows, columns, random, deviation} {}

    [[nodiscard]] std::size_t rows() const noexcept { return vectors_.rows(); }
    [[nodiscard]] std::size_t outputs() const noexcept { return vectors_.outputs(); }
    [[nodiscard]] const matrix<T>& table() const noexcept { return vectors_.table(); }

    /// Writes the sums to the columns of `out` from `column` on. @pre `out` has their shape.
    void apply(const weighted_lists<T>& lists, matrix<T>& out, std::size_t column,
               const execution& where) const {
        assert(out.rows() == lists.size() && column + outputs() <= out.columns());
        for_each_row(lists.size(), where, [&](std::size_t row) {
            T* const to = out.row(row) + column;
            std::fill_n(to, outputs(), T{0});
            for (std::size_t at = lists.offsets[row]; at < lists.offsets[row + 1]; ++at)
                detail::add_row(lists.weights[at], table().row(lists.indices[at]), to, outputs());
        });
    }
    /// Sums the derivatives by each touched row, in the order of the lists.
    void backward(const weighted_lists<T>& lists, const matrix<T>& out_gradient, std::size_t column,
                  const execution& where) {
        vectors_.visit([&](sparse_parameter<T>& table) {
            table.touched.group(lists.indices, rows());
            table.gradient.resize(table.touched.size(), outputs());
            // Few rows with long sums: a thread takes one at a time.
            const std::size_t at_once = table.touched.size() < 4 * rows_at_once ? 1 : rows_at_once;
            where.threads().for_chunks_with_affinity(
                table.touched.size(), at_once,
                [&](std::size_t begin, std::size_t end, std::size_t) {
                    for (std::size_t touched = begin; touched < end; ++touched) {
                        T* const to = table.gradient.row(touched);
                        std::fill_n(to, outputs(), T{0});
                        for (const std::uint32_t at : table.touched.members(touched))
                            detail::add_row(lists.weights[at],
                                            out_gradient.row(lists.rows[at]) + column, to,
                                            outputs());
                    }
                },
                where.stop);
        });
    }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        vectors_.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        vectors_.visit(visitor);
    }

    friend bool operator==(const embedding_bag&, const embedding_bag&) = default;

  private:
    embedding<T> vectors_;
};

} // namespace hybrec::neural
