// SPDX-License-Identifier: MIT
/// @file
/// The pairwise term of a factorization machine.
#pragma once

#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace hybrec::neural {

/// Rows are the vectors of `fields` fields, one after the other. Their pairwise inner products sum
/// to y = ½ Σ_k [(Σ_f v_fk)² − Σ_f v_fk²] (Rendle 2010, lemma 3.1); ∂v_fk = ∂y·(Σ_g v_gk − v_fk).
template <class T = float>
class fm_interaction {
  public:
    using value_type = T;
    struct workspace {
        matrix<T> sums; ///< Σ_f v_f
    };

    fm_interaction() = default;
    explicit fm_interaction(std::size_t fields) : fields_{fields} {}

    [[nodiscard]] std::size_t outputs(std::size_t = 0) const noexcept { return 1; }

    void apply(const matrix<T>& in, matrix<T>& out, workspace& memory,
               const execution& where) const {
        assert(fields_ > 0 && in.columns() % fields_ == 0);
        const std::size_t size = in.columns() / fields_;
        out.resize(in.rows(), 1);
        memory.sums.resize(in.rows(), size);
        for_each_row(in.rows(), where, [&](std::size_t row) {
            const T* const v = in.row(row);
            T* const sum = memory.sums.row(row);
            std::copy_n(v, size, sum);
            for (std::size_t field = 1; field < fields_; ++field)
                detail::add_row(T{1}, v + field * size, sum, size);
            out(row, 0) =
                (detail::dot_row(sum, sum, size) - detail::dot_row(v, v, in.columns())) / T{2};
        });
    }
    void forward(const matrix<T>& in, matrix<T>& out, workspace& memory, const pass& pass) {
        apply(in, out, memory, pass.where);
    }
    void backward(const matrix<T>& in, const matrix<T>&, const matrix<T>& out_gradient,
                  matrix<T>& in_gradient, workspace& memory, const pass& pass) {
        in_gradient.resize(in.rows(), in.columns());
        in_gradient.fill_zero();
        add_backward(in, out_gradient, in_gradient, memory, pass.where);
    }
    /// Adds the derivatives by the input to `in_gradient`, after `apply`.
    void add_backward(const matrix<T>& in, const matrix<T>& out_gradient, matrix<T>& in_gradient,
                      const workspace& memory, const execution& where) const {
        const std::size_t size = in.columns() / fields_;
        for_each_row(in.rows(), where, [&](std::size_t row) {
            for (std::size_t field = 0; field < fields_; ++field)
                detail::add_difference(out_gradient(row, 0), memory.sums.row(row),
                                       in.row(row) + field * size,
                                       in_gradient.row(row) + field * size, size);
        });
    }
    template <class Visitor>
    void visit(Visitor&&) const noexcept {}

    friend bool operator==(const fm_interaction&, const fm_interaction&) = default;

  private:
    std::size_t fields_ = 1;
};

} // namespace hybrec::neural
