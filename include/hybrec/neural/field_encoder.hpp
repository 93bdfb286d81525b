// SPDX-License-Identifier: MIT
/// @file
/// The vectors of ids and categories, field after field.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/embedding.hpp>
#include <hybrec/neural/embedding_bag.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/side_description.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::neural {

/// A row of one side becomes the vectors of its fields side by side: that of its id, then for every
/// field the weighted mean of its categories' vectors (zero without categories).
///
/// Categories are summed once for each distinct row of a batch, on the way back as well.
template <class T = float>
class side_encoder {
  public:
    using value_type = T;
    struct workspace {
        matrix<T> means; ///< of the distinct rows; on the way back their derivatives
    };

    side_encoder() = default;
    /// Vectors of `size` normal numbers. The tables use the streams from `stream` on.
    template <class Index>
    side_encoder(const side_description<Index>& side, std::size_t size,
                 const counter_random& random, std::uint64_t stream, double deviation)
        : ids_{side.size() + 1, size, random.stream(stream), deviation} {
        for (const auto& field : side.fields())
            bags_.emplace_back(field.column_count(), size, random.stream(++stream), deviation);
    }

    [[nodiscard]] std::size_t fields() const noexcept { return 1 + bags_.size(); }
    /// The length of a field's vector.
    [[nodiscard]] std::size_t size() const noexcept { return ids_.outputs(); }
    [[nodiscard]] std::size_t outputs() const noexcept { return fields() * size(); }
    [[nodiscard]] const embedding<T>& ids() const noexcept { return ids_; }

    /// Writes to the columns of `out` from `column` on.
    void apply(const batch_side<T>& batch, matrix<T>& out, std::size_t column, workspace& memory,
               const execution& where) const {
        const std::size_t size = this->size(), rest = outputs() - size;
        memory.means.resize(batch.groups.size(), rest);
        for (std::size_t field = 0; field < bags_.size(); ++field)
            bags_[field].apply(batch.fields[field], memory.means, field * size, where);
        for_each_row(batch.size(), where, [&](std::size_t row) {
            T* const to = out.row(row) + column;
            detail::copy_row(ids_.table().row(batch.ids[row]), to, size);
            if (rest != 0)
                detail::copy_row(memory.means.row(batch.groups.slot(batch.rows[row])), to + size,
                                 rest);
        });
    }

    void backward(const batch_side<T>& batch, const matrix<T>& out_gradient, std::size_t column,
                  workspace& memory, const pass& pass) {
        const std::size_t size = this->size(), rest = outputs() - size;
        ids_.backward(batch.ids, out_gradient, column, pass.where);
        if (bags_.empty())
            return;
        memory.means.resize(batch.groups.size(), rest);
        for_each_row(batch.groups.size(), pass.where, [&](std::size_t k) {
            T* const to = memory.means.row(k);
            std::fill_n(to, rest, T{0});
            for (const std::uint32_t row : batch.groups.members(k))
                detail::add_row(T{1}, out_gradient.row(row) + column + size, to, rest);
        });
        for (std::size_t field = 0; field < bags_.size(); ++field)
            bags_[field].backward(batch.fields[field], memory.means, field * size, pass.where);
    }

    /// The ids, then field after field.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        ids_.visit(visitor);
        for (auto& bag : bags_)
            bag.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        ids_.visit(visitor);
        for (const auto& bag : bags_)
            bag.visit(visitor);
    }

  private:
    embedding<T> ids_;
    std::vector<embedding_bag<T>> bags_;
};

/// The vectors of a sample: those of its user, then those of its item.
template <class T = float, class Side = side_encoder<T>>
class field_encoder {
  public:
    using value_type = T;
    struct workspace {
        typename Side::workspace users, items;
    };

    field_encoder() = default;
    /// The tables use the streams from `stream` on, at most 2¹⁶ of them for a side.
    /// @param more what else the sides ask for
    template <class Users, class Items, class... More>
    field_encoder(const Users& users, const Items& items, std::size_t size,
                  const counter_random& random, std::uint64_t stream, double deviation,
                  const More&... more)
        : users_{users, size, random, stream, deviation, more...},
          items_{items, size, random, stream + (std::uint64_t{1} << 16), deviation, more...} {}

    [[nodiscard]] const Side& users() const noexcept { return users_; }
    [[nodiscard]] const Side& items() const noexcept { return items_; }
    [[nodiscard]] std::size_t fields() const noexcept { return users_.fields() + items_.fields(); }
    [[nodiscard]] std::size_t outputs() const noexcept {
        return users_.outputs() + items_.outputs();
    }

    void apply(const feature_batch<T>& batch, matrix<T>& out, workspace& memory,
               const execution& where) const {
        out.resize(batch.size(), outputs());
        users_.apply(batch.users, out, 0, memory.users, where);
        items_.apply(batch.items, out, users_.outputs(), memory.items, where);
    }
    void backward(const feature_batch<T>& batch, const matrix<T>& out_gradient, workspace& memory,
                  const pass& pass) {
        users_.backward(batch.users, out_gradient, 0, memory.users, pass);
        items_.backward(batch.items, out_gradient, users_.outputs(), memory.items, pass);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) {
        users_.visit(visitor), items_.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        users_.visit(visitor), items_.visit(visitor);
    }

  private:
    Side users_;
    Side items_;
};

} // namespace hybrec::neural
