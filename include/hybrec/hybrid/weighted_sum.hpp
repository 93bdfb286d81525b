// SPDX-License-Identifier: MIT
/// @file
/// The weighted hybrid: a fixed weight for each component.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/hybrid/detail/kind_of.hpp>
#include <hybrec/hybrid/detail/weigh_columns.hpp>
#include <hybrec/hybrid/normalize_column.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/simd/batch.hpp>

#include <cassert>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// What an item is worth that a component did not score.
enum class missing : unsigned char {
    as_zero,    ///< nothing: the component adds 0, whatever 0 means on the normalized scale
    renormalize ///< what the other components say: weights are shared among those that scored it
};

/// `weighted_sum<z_score>{{2, 1, 1}}` (Burke 2002, "weighted"): Σ wₖ·Nₖ(sₖ), weights normalized to
/// sum 1. They are not negative: a blend that subtracts is for `linear_blend` to learn. `set_weights`
/// changes them between calls; it must not run beside calls.
template <normalizer Normalizer = z_score>
class weighted_sum : public detail::kind_of<Normalizer> {
  public:
    using workspace = normalizing_workspace<Normalizer>;
    using normalizer_type = Normalizer;

    /// @throws option_error unless weights are finite, at least 0, and not all 0; for more than
    ///         `score_table::max_components`, or none.
    explicit weighted_sum(std::span<const float> weights, missing policy = missing::as_zero,
                          Normalizer its_normalizer = Normalizer{})
        : missing_{policy}, normalizer_{std::move(its_normalizer)} {
        require_option(!weights.empty() && weights.size() <= score_table::max_components,
                       "weighted_sum", "weights.size()", static_cast<double>(weights.size()),
                       "1 to 32 weights");
        weights_.resize(weights.size());
        set_weights(weights);
    }
    explicit weighted_sum(std::initializer_list<float> weights, missing policy = missing::as_zero,
                          Normalizer its_normalizer = Normalizer{})
        : weighted_sum{std::span<const float>{weights.begin(), weights.size()}, policy,
                       std::move(its_normalizer)} {}

    [[nodiscard]] std::size_t component_count() const noexcept { return weights_.size(); }
    /// Sum to 1.
    [[nodiscard]] std::span<const float> weights() const noexcept { return as_span(weights_); }
    [[nodiscard]] missing missing_policy() const noexcept { return missing_; }
    [[nodiscard]] const Normalizer& its_normalizer() const noexcept { return normalizer_; }

    /// @pre one weight for each component. @throws option_error as the constructor does.
    void set_weights(std::span<const float> weights) {
        assert(weights.size() == weights_.size());
        double sum = 0;
        for (std::size_t k = 0; k < weights.size(); ++k) {
            require_option(weights[k] >= 0 && std::isfinite(weights[k]), "weighted_sum",
                           "weights[" + std::to_string(k) + "]", static_cast<double>(weights[k]),
                           "a finite number, at least 0");
            sum += static_cast<double>(weights[k]);
        }
        require_option(sum > 0, "weighted_sum", "the sum of the weights", sum, "more than 0");
        for (std::size_t k = 0; k < weights.size(); ++k)
            weights_[k] = static_cast<float>(static_cast<double>(weights[k]) / sum);
    }

    /// See `combiner`. @pre the table has a column for each weight. Complexity: that of the normalizer
    /// for each column, and one pass.
    template <class Request, class Arch = simd::default_arch>
    void combine(const Request&, score_table& table, std::span<float> out,
                 workspace& memory) const {
        for (std::size_t k = 0; k < component_count(); ++k)
            normalize_column(normalizer_, table, k, memory);
        detail::weigh_columns<Arch>(table, weights_, 0.0F, out);
        if (missing_ == missing::renormalize)
            for (std::size_t row = 0; row < out.size(); ++row)
                if (const float known = known_weight(table.sources()[row]); known > 0)
                    out[row] /= known;
    }

    /// What the sum for an item is divided by: the weight of the components that scored it, 1 if they
    /// are all of them or others count as 0.
    [[nodiscard]] float known_weight(component_set sources) const noexcept {
        const component_set all = ~component_set{0} >> (32 - component_count());
        if (missing_ == missing::as_zero || (sources & all) == all)
            return 1;
        float known = 0;
        for (std::size_t k = 0; k < component_count(); ++k)
            known += (sources >> k & 1U) != 0 ? weights_[k] : 0.0F;
        return known;
    }

    /// See `explaining_combiner`.
    template <class Request>
    double contributions(const Request&, score_table& table, std::size_t row,
                         std::span<affine_map> maps, workspace& memory) const {
        const float known = known_weight(table.sources()[row]);
        for (std::size_t k = 0; k < component_count(); ++k)
            maps[k] = static_cast<double>(known > 0 ? weights_[k] / known : 0.0F) *
                      normalizing_map(normalizer_, table, k, row, memory);
        return 0;
    }

    [[nodiscard]] static std::string type_name() requires archivable<Normalizer> {
        return "weighted_sum<" + Normalizer::type_name() + ">";
    }
    void save(archive_writer auto& archive) const requires archivable<Normalizer> {
        archive.write_tensor("weights", as_span(weights_), {weights_.size(), 1});
        archive.write_integer("renormalize", missing_ == missing::renormalize);
        normalizer_.save(archive);
    }
    [[nodiscard]] static weighted_sum
    load(archive_reader auto& archive) requires archivable<Normalizer> {
        auto stored = archive.template read_tensor<float>("weights").values;
        try {
            weighted_sum sum{stored,
                             archive.read_integer("renormalize") != 0 ? missing::renormalize
                                                                      : missing::as_zero,
                             Normalizer::load(archive)};
            sum.weights_ = std::move(stored); // dividing by their sum again might round
            return sum;
        } catch (const option_error& problem) {
            archive.refuse("weights", problem.what());
            throw;
        }
    }
    friend bool operator==(const weighted_sum&, const weighted_sum&) = default;

  private:
    std::vector<float> weights_;
    missing missing_;
    [[no_unique_address]] Normalizer normalizer_;
};

} // namespace hybrec
