// SPDX-License-Identifier: MIT
/// @file
/// Puts the columns of several matrices side by side, and takes them apart again.
#pragma once

#include <hybrec/core/threads.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>

#include <algorithm>
#include <cstddef>

namespace hybrec::neural {

/// out[r] = (first[r], rest[r], …). @pre all have as many rows.
template <class T, class... Matrices>
void concatenate(matrix<T>& out, const execution& where, const matrix<T>& first,
                 const Matrices&... rest) {
    out.resize(first.rows(), (first.columns() + ... + rest.columns()));
    for_each_row(out.rows(), where, [&](std::size_t row) {
        T* to = out.row(row);
        const auto put = [&](const matrix<T>& part) {
            to = std::copy_n(part.row(row), part.columns(), to);
        };
        put(first);
        (put(rest), ...);
    });
}

/// The way back: each part gets its columns of `gradient`. @pre the parts have their widths.
template <class T, class... Matrices>
void split(const matrix<T>& gradient, const execution& where, Matrices&... parts) {
    (parts.resize(gradient.rows(), parts.columns()), ...);
    for_each_row(gradient.rows(), where, [&](std::size_t row) {
        const T* from = gradient.row(row);
        const auto take = [&](matrix<T>& part) {
            std::copy_n(from, part.columns(), part.row(row));
            from += part.columns();
        };
        (take(parts), ...);
    });
}

} // namespace hybrec::neural
