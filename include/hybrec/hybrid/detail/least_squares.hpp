// SPDX-License-Identifier: MIT
/// @file
/// Small dense systems in double precision, and those of least squares over labelled lists.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Solves A x = b for a symmetric positive definite A of n rows, whose lower triangle is replaced by its
/// factor; b becomes x. Returns n, or the first row at which A is not safely positive: one that is a
/// combination of those before it. `scale[i]` is how large row i's diagonal was before anything was
/// subtracted from it: what is left must be more than its rounding.
template <class = on_use>
[[nodiscard]] std::size_t solve_positive(std::vector<double>& a, const std::vector<double>& scale,
                                         std::vector<double>& b) {
    const std::size_t n = b.size();
    const double rounding = static_cast<double>(n + 4) * std::numeric_limits<double>::epsilon();
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double rest = a[i * n + j];
            for (std::size_t k = 0; k < j; ++k)
                rest -= a[i * n + k] * a[j * n + k];
            if (j < i)
                a[i * n + j] = rest / a[j * n + j];
            else if (rest > rounding * scale[i] && std::isfinite(rest))
                a[i * n + i] = std::sqrt(rest);
            else
                return i;
        }
        for (std::size_t k = 0; k < i; ++k)
            b[i] -= a[i * n + k] * b[k];
        b[i] /= a[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k)
            b[i] -= a[k * n + i] * b[k];
        b[i] /= a[i * n + i];
    }
    return n;
}

/// The name of a weight in messages.
template <class Lists>
[[nodiscard]] std::string weight_name(const Lists& lists, std::size_t at) {
    const std::size_t each = lists.width() / lists.component_count();
    std::string name = "component " + std::to_string(at / each);
    return at % each == 0 ? name : name + " by feature " + std::to_string(at % each);
}

/// @throws data_error if there are no rows.
template <class Lists>
void require_rows(const Lists& lists, std::string_view learner) {
    if (lists.row_count() == 0)
        fail<data_error>({learner, ": there are no labelled rows to learn from"});
}

/// XᵀX, Xᵀy about the means of columns and labels, or about 0.
struct least_squares {
    std::vector<double> mean; ///< of the columns
    double label_mean = 0;
    std::vector<double> gram;  ///< width × width
    std::vector<double> right; ///< Xᵀy
    std::vector<double> scale; ///< Σ x² of each column, about 0: what `gram` was rounded to

    /// The intercept that belongs to weights.
    [[nodiscard]] double intercept(const std::vector<double>& weights) const {
        double result = label_mean;
        for (std::size_t k = 0; k < weights.size(); ++k)
            result -= weights[k] * mean[k];
        return result;
    }
};

/// Sums `add(row, label, sums)` over all rows, in chunks of fixed size.
template <class Lists, class Add>
[[nodiscard]] std::vector<double> sum_rows(const Lists& lists, std::size_t size,
                                           const execution& where, const Add& add) {
    return parallel_reduce(
        where.threads(), lists.row_count(), std::size_t{4096}, std::vector<double>(size),
        [&](std::size_t begin, std::size_t end) {
            std::vector<double> sums(size);
            for (std::size_t at = begin; at < end; ++at)
                add(lists.row(at), static_cast<double>(lists.labels()[at]), sums.data());
            return sums;
        },
        [](std::vector<double>& total, const std::vector<double>& part) {
            for (std::size_t at = 0; at < total.size(); ++at)
                total[at] += part[at];
        },
        where.stop);
}

/// Two passes, so that subtracting means costs no precision.
template <class Lists>
[[nodiscard]] least_squares make_least_squares(const Lists& lists, bool intercept,
                                               const execution& where) {
    const std::size_t width = lists.width();
    least_squares result;
    result.mean.assign(width, 0);
    if (intercept) {
        const auto sums =
            sum_rows(lists, width + 1, where, [width](auto row, double label, double* into) {
                for (std::size_t k = 0; k < width; ++k)
                    into[k] += static_cast<double>(row[k]);
                into[width] += label;
            });
        const auto rows = static_cast<double>(lists.row_count());
        for (std::size_t k = 0; k < width; ++k)
            result.mean[k] = sums[k] / rows;
        result.label_mean = sums[width] / rows;
    }
    const auto sums =
        sum_rows(lists, width * (width + 2), where, [&](auto row, double label, double* into) {
            double* const right = into + width * width;
            double* const squares = right + width;
            for (std::size_t k = 0; k < width; ++k) {
                const double value = static_cast<double>(row[k]);
                const double centred = value - result.mean[k];
                for (std::size_t j = 0; j <= k; ++j)
                    into[k * width + j] += centred * (static_cast<double>(row[j]) - result.mean[j]);
                right[k] += centred * (label - result.label_mean);
                squares[k] += value * value;
            }
        });
    const auto cut = [&](std::size_t begin, std::size_t end) {
        return std::vector<double>(sums.begin() + static_cast<std::ptrdiff_t>(begin),
                                   sums.begin() + static_cast<std::ptrdiff_t>(end));
    };
    result.gram = cut(0, width * width);
    for (std::size_t k = 0; k < width; ++k)
        for (std::size_t j = k + 1; j < width; ++j)
            result.gram[k * width + j] = result.gram[j * width + k];
    result.right = cut(width * width, width * (width + 1));
    result.scale = cut(width * (width + 1), width * (width + 2));
    return result;
}

/// The blend of the lists with these weights.
template <class Lists>
[[nodiscard]] auto blend_of(const Lists& lists, const std::vector<double>& weights,
                            double intercept = 0) {
    std::vector<float> rounded;
    for (const double weight : weights)
        rounded.push_back(static_cast<float>(weight));
    return lists.blend(std::move(rounded), static_cast<float>(intercept));
}

} // namespace hybrec::detail
