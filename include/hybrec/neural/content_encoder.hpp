// SPDX-License-Identifier: MIT
/// @file
/// The vector of an id, and one made of all features by a small network.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/dense.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/embedding.hpp>
#include <hybrec/neural/embedding_bag.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/side_description.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::neural {

/// A row of one side becomes (v, c): the vector v of its id, and its content c = W₂·max(W₁·x + b₁, 0) +
/// b₂ over the weights x of all its categories, whose fields are one after the other in W₁. Without
/// categories the content is what W₂ makes of b₁.
///
/// Contents are computed once for each distinct row of a batch, on the way back as well. A side of
/// `field_encoder`.
template <class T = float>
class content_encoder {
  public:
    using value_type = T;
    struct workspace {
        matrix<T> hidden, part, contents; ///< of the distinct rows
        matrix<T> content_slopes, hidden_slopes;
        typename dense<T>::workspace map;
    };

    content_encoder() = default;
    /// @param size      of both vectors
    /// @param stream    of the ids; the maps use the following ones
    /// @param deviation of the ids' vectors
    /// @param hidden    rows of W₁
    template <class Index>
    content_encoder(const side_description<Index>& side, std::size_t size,
                    const counter_random& random, std::uint64_t stream, double deviation,
                    std::size_t hidden)
        : ids_{side.size() + 1, size, random.stream(stream), deviation}, bias_{1, hidden} {
        for (const auto& field : side.fields())
            bags_.emplace_back(field.column_count(), hidden, random.stream(++stream),
                               1 / std::sqrt(static_cast<double>(hidden)));
        bias_.randomize(random.stream(++stream), 1 / std::sqrt(static_cast<double>(hidden)));
        map_ = dense<T>{hidden, size, random.stream(++stream)};
    }

    [[nodiscard]] std::size_t size() const noexcept { return ids_.outputs(); }
    [[nodiscard]] std::size_t outputs() const noexcept { return 2 * size(); }

    /// Writes to the columns of `out` from `column` on.
    void apply(const batch_side<T>& batch, matrix<T>& out, std::size_t column, workspace& memory,
               const execution& where) const {
        const std::size_t size = this->size();
        matrix<T>& hidden = memory.hidden;
        hidden.resize(batch.groups.size(), bias_.value.columns());
        memory.part.resize(hidden.rows(), hidden.columns());
        for_each_row(hidden.rows(), where, [&](std::size_t row) {
            std::copy_n(bias_.value.data(), hidden.stride(), hidden.row(row));
        });
        for (std::size_t field = 0; field < bags_.size(); ++field) {
            bags_[field].apply(batch.fields[field], memory.part, 0, where);
            for_each_row(hidden.rows(), where, [&](std::size_t row) {
                simd::axpy(T{1}, memory.part.row(row), hidden.row(row), hidden.stride());
            });
        }
        for_each_row(hidden.rows(), where, [&](std::size_t row) {
            for (std::size_t at = 0; at < hidden.columns(); ++at)
                hidden(row, at) = hidden(row, at) < T{0} ? T{0} : hidden(row, at);
        });
        map_.apply(hidden, memory.contents, memory.map, where);
        for_each_row(batch.size(), where, [&](std::size_t row) {
            T* const to = out.row(row) + column;
            std::copy_n(ids_.table().row(batch.ids[row]), size, to);
            std::copy_n(memory.contents.row(batch.groups.slot(batch.rows[row])), size, to + size);
        });
    }

    void backward(const batch_side<T>& batch, const matrix<T>& out_gradient, std::size_t column,
                  workspace& memory, const pass& pass) {
        const std::size_t size = this->size();
        ids_.backward(batch.ids, out_gradient, column, pass.where);
        memory.content_slopes.resize(batch.groups.size(), size);
        for_each_row(batch.groups.size(), pass.where, [&](std::size_t k) {
            T* const to = memory.content_slopes.row(k);
            std::fill_n(to, size, T{0});
            for (const std::uint32_t row : batch.groups.members(k))
                detail::add_row(T{1}, out_gradient.row(row) + column + size, to, size);
        });
        matrix<T>& slopes = memory.hidden_slopes;
        map_.backward(memory.hidden, memory.contents, memory.content_slopes, slopes, memory.map,
                      pass);
        for_each_row(slopes.rows(), pass.where, [&](std::size_t row) {
            for (std::size_t at = 0; at < slopes.columns(); ++at)
                if (!(memory.hidden(row, at) > T{0}))
                    slopes(row, at) = T{0};
        });
        bias_.gradient.fill_zero();
        for (std::size_t row = 0; row < slopes.rows(); ++row)
            simd::axpy(T{1}, slopes.row(row), bias_.gradient.data(), slopes.stride());
        for (std::size_t field = 0; field < bags_.size(); ++field)
            bags_[field].backward(batch.fields[field], slopes, 0, pass.where);
    }

    /// The ids, W₁ field after field, b₁, W₂, b₂.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        visit_all(*this, visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        visit_all(*this, visitor);
    }

  private:
    template <class Self, class Visitor>
    static void visit_all(Self& self, Visitor& visitor) {
        self.ids_.visit(visitor);
        for (auto& bag : self.bags_)
            bag.visit(visitor);
        visitor(self.bias_);
        self.map_.visit(visitor);
    }

    embedding<T> ids_;
    std::vector<embedding_bag<T>> bags_;
    parameter<T> bias_;
    dense<T> map_;
};

} // namespace hybrec::neural
