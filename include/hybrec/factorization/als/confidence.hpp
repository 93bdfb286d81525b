// SPDX-License-Identifier: MIT
/// @file
/// Confidence conventions of implicit ALS: how an observed value enters the normal equations.
///
/// For row u: A = α₀·YᵀY + Σ aᵤᵢ·yᵢyᵢᵀ + λᵤI and b = Σ bᵤᵢ·yᵢ. A convention gives α₀ (the weight of
/// every unobserved pair) and a and b of an observed value.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>

#include <concepts>
#include <string>

namespace hybrec {

/// A convention: `unobserved()` is α₀ ≥ 0; `weight(value)` is a, `target(value)` is b.
/// Pure and thread-safe. Models: `hu_koren_volinsky`, `observed_weight`, `python_implicit`.
template <class Policy>
concept confidence_policy = requires(const Policy& policy, double value) {
    { policy.unobserved() } -> std::convertible_to<double>;
    { policy.weight(value) } -> std::convertible_to<double>;
    { policy.target(value) } -> std::convertible_to<double>;
    { Policy::name() } -> std::convertible_to<std::string>;
    policy.check();
};

/// Hu, Koren, Volinsky 2008, "Collaborative filtering for implicit feedback datasets": preference 1
/// with confidence 1 + α·r for observed r, preference 0 with confidence 1 otherwise.
struct hu_koren_volinsky {
    double alpha = 1; ///< how fast confidence grows with the value; above 0

    [[nodiscard]] double unobserved() const noexcept { return 1; }
    [[nodiscard]] double weight(double value) const noexcept { return alpha * value; }
    [[nodiscard]] double target(double value) const noexcept { return 1 + alpha * value; }
    [[nodiscard]] static std::string name() { return "hu_koren_volinsky"; }
    void check() const {
        require_option(std::isfinite(alpha) && alpha > 0, name(), "alpha", alpha,
                       "a finite number above 0");
    }
    void save(archive_writer auto& archive) const { archive.write_real("alpha", alpha); }
    [[nodiscard]] static hu_koren_volinsky load(archive_reader auto& archive) {
        return {.alpha = archive.read_real("alpha")};
    }
    friend bool operator==(const hu_koren_volinsky&, const hu_koren_volinsky&) = default;
};

/// Rendle, Krichene, Zhang, Koren 2022, "Revisiting the performance of iALS on item recommendation
/// benchmarks": observed pairs have preference 1 and weight w, all pairs have preference 0 and
/// weight α₀ besides.
struct observed_weight {
    double unobserved_weight = 0.1; ///< α₀; at least 0
    double alpha = 1;               ///< multiplies every observed value; above 0

    [[nodiscard]] double unobserved() const noexcept { return unobserved_weight; }
    [[nodiscard]] double weight(double value) const noexcept { return alpha * value; }
    [[nodiscard]] double target(double value) const noexcept { return alpha * value; }
    [[nodiscard]] static std::string name() { return "observed_weight"; }
    void check() const {
        require_option(std::isfinite(unobserved_weight) && unobserved_weight >= 0, name(),
                       "unobserved_weight", unobserved_weight, "a finite number of at least 0");
        require_option(std::isfinite(alpha) && alpha > 0, name(), "alpha", alpha,
                       "a finite number above 0");
    }
    void save(archive_writer auto& archive) const {
        archive.write_real("unobserved_weight", unobserved_weight);
        archive.write_real("alpha", alpha);
    }
    [[nodiscard]] static observed_weight load(archive_reader auto& archive) {
        const double unobserved = archive.read_real("unobserved_weight");
        return {.unobserved_weight = unobserved, .alpha = archive.read_real("alpha")};
    }
    friend bool operator==(const observed_weight&, const observed_weight&) = default;
};

/// The convention of the Python library implicit: the value is the confidence c itself. A positive
/// c has preference 1; a negative one is a dislike, preference 0 with confidence |c|.
struct python_implicit {
    double alpha = 1; ///< multiplies every value; above 0

    [[nodiscard]] double unobserved() const noexcept { return 1; }
    [[nodiscard]] double weight(double value) const noexcept { return std::abs(alpha * value) - 1; }
    [[nodiscard]] double target(double value) const noexcept {
        return value > 0 ? alpha * value : 0;
    }
    [[nodiscard]] static std::string name() { return "python_implicit"; }
    void check() const {
        require_option(std::isfinite(alpha) && alpha > 0, name(), "alpha", alpha,
                       "a finite number above 0");
    }
    void save(archive_writer auto& archive) const { archive.write_real("alpha", alpha); }
    [[nodiscard]] static python_implicit load(archive_reader auto& archive) {
        return {.alpha = archive.read_real("alpha")};
    }
    friend bool operator==(const python_implicit&, const python_implicit&) = default;
};

} // namespace hybrec
