// SPDX-License-Identifier: MIT
/// @file
/// Losses of single predictions, and their mean over a batch.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/math.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>

namespace hybrec::neural {

/// −y·ln p − (1 − y)·ln(1 − p), labels in [0, 1]. Logarithms are not below −100, and the slope's
/// divisor not below 10⁻¹²: a probability of exactly 0 or 1 gives finite numbers.
struct binary_cross_entropy {
    template <class T>
    [[nodiscard]] static T value(T probability, T label) noexcept {
        return -label * std::max(std::log(probability), T{-100}) -
               (T{1} - label) * std::max(std::log1p(-probability), T{-100});
    }
    template <class T>
    [[nodiscard]] static T slope(T probability, T label) noexcept {
        return (probability - label) /
               std::max(probability * (T{1} - probability), static_cast<T>(1e-12));
    }
};

/// The same of p = σ(s): max(s, 0) − s·y + ln(1 + e^−|s|), without overflow; the slope is σ(s) − y.
struct binary_cross_entropy_with_logits {
    template <class T>
    [[nodiscard]] static T value(T score, T label) noexcept {
        // Not std::max, which would hide a NaN.
        return (score < T{0} ? T{0} : score) - score * label +
               std::log1p(std::exp(-std::abs(score)));
    }
    template <class T>
    [[nodiscard]] static T slope(T score, T label) noexcept {
        return T{1} / (T{1} + std::exp(-score)) - label;
    }

    /// Of whole registers.
    template <class T, class Arch>
    [[nodiscard]] static auto value(const simd::batch<T, Arch>& score,
                                    const simd::batch<T, Arch>& label) noexcept {
        const auto zero = simd::broadcast<T, Arch>(T{0});
        const auto is_negative = score < zero;
        const auto size = xsimd::select(is_negative, zero - score, score);
        return xsimd::select(is_negative, zero, score) - score * label +
               simd::log_one_plus<T, Arch>(simd::exp<T, Arch>(zero - size));
    }
    template <class T, class Arch>
    [[nodiscard]] static auto slope(const simd::batch<T, Arch>& score,
                                    const simd::batch<T, Arch>& label) noexcept {
        return simd::sigmoid<T, Arch>(score) - label;
    }
};

/// (s − y)².
struct mean_squared_error {
    template <class T>
    [[nodiscard]] static T value(T prediction, T label) noexcept {
        return (prediction - label) * (prediction - label);
    }
    template <class T>
    [[nodiscard]] static T slope(T prediction, T label) noexcept {
        return T{2} * (prediction - label);
    }
};

/// The mean of `Loss` over a batch of one column; `gradient` gets its derivatives. The sum is taken
/// in double, in the order of the batch. @pre as many labels as rows, at least one.
template <class Loss, class T>
double mean_loss(const matrix<T>& predictions, std::span<const T> labels, matrix<T>& gradient) {
    assert(labels.size() == predictions.rows() && predictions.columns() == 1);
    gradient.resize(predictions.rows(), 1);
    const T share = T{1} / static_cast<T>(labels.size());
    double total = 0;
    for (std::size_t row = 0; row < labels.size(); ++row) {
        total += static_cast<double>(Loss::value(predictions(row, 0), labels[row]));
        gradient(row, 0) = share * Loss::slope(predictions(row, 0), labels[row]);
    }
    return total / static_cast<double>(labels.size());
}

/// Bayesian personalized ranking (Rendle et al. 2009, section 4): the mean of −ln σ(s₊ − s₋) over
/// pairs of a positive and a negative score, each of one column.
template <class T>
double bpr_loss(const matrix<T>& positives, const matrix<T>& negatives,
                matrix<T>& positive_gradient, matrix<T>& negative_gradient) {
    assert(positives.rows() == negatives.rows());
    using logistic = binary_cross_entropy_with_logits; // −ln σ(m) is its value for label 1
    positive_gradient.resize(positives.rows(), 1);
    negative_gradient.resize(positives.rows(), 1);
    const T share = T{1} / static_cast<T>(positives.rows());
    double total = 0;
    for (std::size_t row = 0; row < positives.rows(); ++row) {
        const T margin = positives(row, 0) - negatives(row, 0);
        total += static_cast<double>(logistic::value(margin, T{1}));
        positive_gradient(row, 0) = share * logistic::slope(margin, T{1});
        negative_gradient(row, 0) = -positive_gradient(row, 0);
    }
    return total / static_cast<double>(positives.rows());
}

/// Sampled softmax (Jean et al. 2015, section 3): the mean of −ln softmax(s)₀ over rows whose first
/// score is the positive's and whose others are sampled negatives'.
/// @param log_expected ln of how often each column's candidates are expected in a sample, taken off
///                     the scores so that popular negatives are not punished for being drawn; empty:
///                     nothing is taken off, as for uniform samples
template <class T>
double sampled_softmax_loss(const matrix<T>& scores, const matrix<T>& log_expected,
                            matrix<T>& gradient) {
    assert(log_expected.size() == 0 || log_expected.rows() == scores.rows());
    gradient.resize(scores.rows(), scores.columns());
    const T share = T{1} / static_cast<T>(scores.rows());
    double total = 0;
    for (std::size_t row = 0; row < scores.rows(); ++row) {
        T* const slopes = gradient.row(row);
        for (std::size_t at = 0; at < scores.columns(); ++at)
            slopes[at] =
                scores(row, at) - (log_expected.size() != 0 ? log_expected(row, at) : T{0});
        const T positive = slopes[0];
        const T largest = *std::max_element(slopes, slopes + scores.columns());
        T sum{0};
        for (std::size_t at = 0; at < scores.columns(); ++at)
            sum += slopes[at] = std::exp(slopes[at] - largest);
        total += static_cast<double>(largest + std::log(sum) - positive);
        for (std::size_t at = 0; at < scores.columns(); ++at)
            slopes[at] = share * (slopes[at] / sum - (at == 0 ? T{1} : T{0}));
    }
    return total / static_cast<double>(scores.rows());
}

} // namespace hybrec::neural
