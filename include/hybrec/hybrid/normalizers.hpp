// SPDX-License-Identifier: MIT
/// @file
/// Ways to bring the scores of a list to a common scale.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/hybrid/detail/column_kernels.hpp>
#include <hybrec/hybrid/detail/score_order.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/simd/batch.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>
#include <string>

namespace hybrec {

/// Leaves scores as they are, and of the kind they are: only scores of one kind may meet.
struct as_is {
    struct workspace {};

    [[nodiscard]] affine_map coefficients(std::span<const float>) const noexcept { return {}; }
    void normalize(std::span<float>, workspace&) const noexcept {}

    [[nodiscard]] static std::string type_name() { return "as_is"; }
    void save(archive_writer auto&) const {}
    [[nodiscard]] static as_is load(archive_reader auto&) { return {}; }
    friend bool operator==(const as_is&, const as_is&) noexcept = default;
};

/// (s − lowest) / (highest − lowest), in [0, 1]; 0.5 where all scores are the same.
/// Two passes; exact in what it finds, so the order of the list does not matter.
struct min_max {
    struct workspace {};
    static constexpr score_kind kind = score_kind::probability;

    template <class Arch = simd::default_arch>
    [[nodiscard]] affine_map coefficients(std::span<const float> scores) const noexcept {
        const auto [low, scale] = standard<Arch>(scores);
        return {scale, scale == 0 ? 0.5 : -low * scale};
    }
    template <class Arch = simd::default_arch>
    void normalize(std::span<float> scores, workspace&) const noexcept {
        const detail::standard found = standard<Arch>(scores);
        if (found.scale == 0)
            std::fill(scores.begin(), scores.end(), 0.5F);
        else
            detail::standardize<Arch>(found, 1, scores);
    }

    [[nodiscard]] static std::string type_name() { return "min_max"; }
    void save(archive_writer auto&) const {}
    [[nodiscard]] static min_max load(archive_reader auto&) { return {}; }
    friend bool operator==(const min_max&, const min_max&) noexcept = default;

  private:
    template <class Arch>
    [[nodiscard]] static detail::standard standard(std::span<const float> scores) noexcept {
        if (scores.empty())
            return {};
        const auto range = detail::range_of<Arch>(scores);
        const auto low = static_cast<double>(range.low);
        const auto high = static_cast<double>(range.high);
        return {low, low < high ? 1 / (high - low) : 0};
    }
};

/// (s − mean) / deviation, with the deviation of the population, √(Σ(s − mean)²/n); 0 where all scores
/// are the same. Three passes, sums in double.
struct z_score {
    struct workspace {};
    static constexpr score_kind kind = score_kind::preference;

    template <class Arch = simd::default_arch>
    [[nodiscard]] affine_map coefficients(std::span<const float> scores) const noexcept {
        const auto [mean, scale] = standard<Arch>(scores);
        return {scale, -mean * scale};
    }
    template <class Arch = simd::default_arch>
    void normalize(std::span<float> scores, workspace&) const noexcept {
        detail::standardize<Arch>(standard<Arch>(scores), std::numeric_limits<double>::max(),
                                  scores);
    }

    [[nodiscard]] static std::string type_name() { return "z_score"; }
    void save(archive_writer auto&) const {}
    [[nodiscard]] static z_score load(archive_reader auto&) { return {}; }
    friend bool operator==(const z_score&, const z_score&) noexcept = default;

  private:
    template <class Arch>
    [[nodiscard]] static detail::standard standard(std::span<const float> scores) noexcept {
        if (scores.empty())
            return {};
        const auto count = static_cast<double>(scores.size());
        const double mean = detail::sum_terms<Arch>(scores, [](auto&) noexcept {}) / count;
        const double squares = detail::sum_terms<Arch>(scores, [mean](auto& values) noexcept {
            values -= mean;
            values *= values;
        });
        // Sums of up to 2²⁹ equal floats are exact in double: those of a constant list leave 0.
        return {mean, squares > 0 ? 1 / std::sqrt(squares / count) : 0};
    }
};

/// (number of lower scores + half the number of others that are equal) / (n − 1): the worst gets 0, the
/// best 1, equal scores their mean rank, a single one 0.5. Blind to distances, hence to outliers.
/// Complexity: O(n), by sorting digits.
struct percentile_rank {
    using workspace = detail::score_order;
    static constexpr score_kind kind = score_kind::probability;

    template <class = on_use>
    void normalize(std::span<float> scores, workspace& memory) const {
        if (scores.size() == 1)
            scores[0] = 0.5F;
        if (scores.size() <= 1)
            return;
        const auto order = memory.sort(scores);
        const double last = static_cast<double>(order.size() - 1);
        for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
            while (end < order.size() && order[end].key == order[begin].key)
                ++end;
            const double better =
                static_cast<double>(begin + end - 1) / 2; // ranks from 0, the mean
            for (std::size_t at = begin; at < end; ++at)
                scores[order[at].row] = static_cast<float>((last - better) / last);
        }
    }

    [[nodiscard]] static std::string type_name() { return "percentile_rank"; }
    void save(archive_writer auto&) const {}
    [[nodiscard]] static percentile_rank load(archive_reader auto&) { return {}; }
    friend bool operator==(const percentile_rank&, const percentile_rank&) noexcept = default;
};

struct sigmoid_options {
    double centre = 0; ///< the score that becomes 0.5; finite
    double scale = 1;  ///< how far from the centre a score becomes 0.73; above 0

    friend bool operator==(const sigmoid_options&, const sigmoid_options&) noexcept = default;
};

/// 1 / (1 + exp(−(s − centre)/scale)): does not look at the other scores of the list.
class sigmoid {
  public:
    struct workspace {};
    static constexpr score_kind kind = score_kind::probability;

    /// @throws option_error for options out of range.
    explicit sigmoid(sigmoid_options options = {}) : options_{options} {
        require_option(std::isfinite(options.centre), "sigmoid", "centre", options.centre,
                       "a finite number");
        require_option(options.scale > 0 && std::isfinite(options.scale), "sigmoid", "scale",
                       options.scale, "a finite number above 0");
    }

    [[nodiscard]] const sigmoid_options& options() const noexcept { return options_; }

    void normalize(std::span<float> scores, workspace&) const noexcept {
        for (float& score : scores)
            score = static_cast<float>(
                1 /
                (1 + std::exp((options_.centre - static_cast<double>(score)) / options_.scale)));
    }

    [[nodiscard]] static std::string type_name() { return "sigmoid"; }
    void save(archive_writer auto& archive) const {
        archive.write_real("sigmoid.centre", options_.centre);
        archive.write_real("sigmoid.scale", options_.scale);
    }
    [[nodiscard]] static sigmoid load(archive_reader auto& archive) {
        return model_with<sigmoid>(archive,
                                   sigmoid_options{.centre = archive.read_real("sigmoid.centre"),
                                                   .scale = archive.read_real("sigmoid.scale")});
    }
    friend bool operator==(const sigmoid&, const sigmoid&) noexcept = default;

  private:
    sigmoid_options options_;
};

} // namespace hybrec
