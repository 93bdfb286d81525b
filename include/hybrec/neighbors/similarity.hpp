// SPDX-License-Identifier: MIT
/// @file
/// How alike two items, or two users, are: the measures of neighbourhood models.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/retrieval/similar_columns.hpp>
#include <hybrec/simd/batch.hpp>

#include <concepts>
#include <string>
#include <string_view>

namespace hybrec {

/// A `column_measure` with a name and options: what `item_knn` and `user_knn` compare by. Archives
/// hold what `visit_options` shows. Models: `cosine`, `asymmetric_cosine`, `jaccard`.
template <class Similarity>
concept similarity_measure = column_measure<Similarity> && std::default_initializable<Similarity> &&
    requires(Similarity similarity, const Similarity& shown,
             void (*visit)(std::string_view, double&)) {
    { Similarity::name() } -> std::convertible_to<std::string>;
    shown.check(); // throws option_error
    similarity.visit_options(visit);
};

/// x·y / (‖x‖·‖y‖ + h). The shrink term h makes pairs count less that are alike by few entries (in
/// this place: Ferrari Dacrema, Cremonesi, Jannach 2019, "Are we really making much progress?").
struct cosine {
    double shrinkage = 0; ///< h, at least 0

    static constexpr bool binary = false;
    [[nodiscard]] static std::string name() { return "cosine"; }
    void visit_options(auto&& visit) { visit("shrinkage", shrinkage); }
    void check() const {
        require_option(shrinkage >= 0 && std::isfinite(shrinkage), name(), "shrinkage", shrinkage,
                       "a finite number of at least 0");
    }

    [[nodiscard]] static float left(double squares) noexcept {
        return static_cast<float>(std::sqrt(squares));
    }
    [[nodiscard]] static float right(double squares) noexcept { return left(squares); }
    template <class T>
    [[nodiscard]] T operator()(const T& product, const T& left, const T& right) const noexcept {
        return product / simd::multiply_add(left, right, T(static_cast<float>(shrinkage)));
    }

    friend bool operator==(const cosine&, const cosine&) = default;
};

/// x·y / (‖x‖^2α · ‖y‖^2(1−α) + h): how similar y is to x (Aiolli 2013, "Efficient top-N
/// recommendation for very large scale binary rated datasets", where all entries are 1). At α = ½
/// the cosine; a smaller α lowers popular y more.
struct asymmetric_cosine {
    double alpha = 0.5;   ///< α, from 0 to 1
    double shrinkage = 0; ///< h, at least 0

    static constexpr bool binary = false;
    [[nodiscard]] static std::string name() { return "asymmetric_cosine"; }
    void visit_options(auto&& visit) {
        visit("alpha", alpha);
        visit("shrinkage", shrinkage);
    }
    void check() const {
        require_option(alpha >= 0 && alpha <= 1, name(), "alpha", alpha, "a number from 0 to 1");
        require_option(shrinkage >= 0 && std::isfinite(shrinkage), name(), "shrinkage", shrinkage,
                       "a finite number of at least 0");
    }

    [[nodiscard]] float left(double squares) const noexcept {
        return static_cast<float>(std::pow(squares, alpha));
    }
    [[nodiscard]] float right(double squares) const noexcept {
        return static_cast<float>(std::pow(squares, 1 - alpha));
    }
    template <class T>
    [[nodiscard]] T operator()(const T& product, const T& left, const T& right) const noexcept {
        return product / simd::multiply_add(left, right, T(static_cast<float>(shrinkage)));
    }

    friend bool operator==(const asymmetric_cosine&, const asymmetric_cosine&) = default;
};

/// |X ∩ Y| / (|X ∪ Y| + h) of the sets of entries, whatever their values (Jaccard 1901; the shrink
/// term h as in `cosine`).
struct jaccard {
    double shrinkage = 0; ///< h, at least 0

    static constexpr bool binary = true;
    [[nodiscard]] static std::string name() { return "jaccard"; }
    void visit_options(auto&& visit) { visit("shrinkage", shrinkage); }
    void check() const {
        require_option(shrinkage >= 0 && std::isfinite(shrinkage), name(), "shrinkage", shrinkage,
                       "a finite number of at least 0");
    }

    [[nodiscard]] float left(double squares) const noexcept {
        return static_cast<float>(squares + shrinkage);
    }
    [[nodiscard]] static float right(double squares) noexcept {
        return static_cast<float>(squares);
    }
    template <class T>
    [[nodiscard]] T operator()(const T& product, const T& left, const T& right) const noexcept {
        return product / (left + right - product);
    }

    friend bool operator==(const jaccard&, const jaccard&) = default;
};

} // namespace hybrec
