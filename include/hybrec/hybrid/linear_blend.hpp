// SPDX-License-Identifier: MIT
/// @file
/// A learned linear combination of components, with weights that may depend on features.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/hybrid/detail/kind_of.hpp>
#include <hybrec/hybrid/detail/weigh_columns.hpp>
#include <hybrec/hybrid/normalize_column.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/simd/batch.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Features f₁ … f_F of a request and an item, on which the weights of a blend may depend:
/// `features(who, item, out)` writes `features.size()` finite numbers. f₀ = 1 is always there besides.
template <class Features, class Request = request<>>
concept blend_features = requires(const Features& features, const Request& who, item_index item,
                                  std::span<float> out) {
    { features.size() } -> std::convertible_to<std::size_t>;
    features(who, item, out);
};

/// Weights that depend on nothing.
struct no_features {
    [[nodiscard]] static constexpr std::size_t size() noexcept { return 0; }
    template <class Request>
    void operator()(const Request&, item_index, std::span<float>) const noexcept {}

    [[nodiscard]] static std::string type_name() { return "no_features"; }
    void save(archive_writer auto&) const {}
    [[nodiscard]] static no_features load(archive_reader auto&) { return {}; }
    friend bool operator==(const no_features&, const no_features&) noexcept = default;
};

/// b(x) = intercept + Σₖⱼ vₖⱼ·fⱼ(x)·Nₖ(sₖ(x)) (feature-weighted linear stacking, Sill et al. 2009, eq. 3;
/// without features linear stacking). What a component did not score counts as 0, whatever 0 means on
/// the normalized scale. Learned by `ridge`, `non_negative_least_squares`, `logistic` (whose b is the
/// logarithm of the odds) and `ndcg_search`. Weights of any sign.
template <normalizer Normalizer = z_score, class Features = no_features>
class linear_blend : public detail::preference_of<Normalizer> {
  public:
    class workspace {
        friend linear_blend;
        normalizing_workspace<Normalizer> normalizing_;
        std::vector<float> features_;
    };

    /// @param weights vₖⱼ, those of a component side by side, f₀ first
    /// @throws option_error unless there are `features.size() + 1` finite weights for each of 1 to 32
    ///         components, and a finite intercept.
    explicit linear_blend(std::vector<float> weights, float intercept = 0,
                          Normalizer its_normalizer = Normalizer{}, Features features = Features{})
        : weights_{std::move(weights)},
          intercept_{intercept},
          normalizer_{std::move(its_normalizer)},
          features_{std::move(features)} {
        const std::size_t each = features_.size() + 1;
        require_option(!weights_.empty() && weights_.size() % each == 0 &&
                           weights_.size() / each <= score_table::max_components,
                       "linear_blend", "weights.size()", static_cast<double>(weights_.size()),
                       std::to_string(each) + " weights for each of 1 to 32 components");
        for (std::size_t at = 0; at < weights_.size(); ++at)
            require_option(std::isfinite(weights_[at]), "linear_blend",
                           "weights[" + std::to_string(at) + "]", static_cast<double>(weights_[at]),
                           "a finite number");
        require_option(std::isfinite(intercept), "linear_blend", "intercept",
                       static_cast<double>(intercept), "a finite number");
    }

    [[nodiscard]] std::size_t component_count() const noexcept {
        return weights_.size() / (features_.size() + 1);
    }
    [[nodiscard]] std::span<const float> weights() const noexcept { return as_span(weights_); }
    [[nodiscard]] float intercept() const noexcept { return intercept_; }
    [[nodiscard]] const Normalizer& its_normalizer() const noexcept { return normalizer_; }
    [[nodiscard]] const Features& features() const noexcept { return features_; }

    /// See `combiner`. @pre the table has `component_count()` columns.
    template <class Request, class Arch = simd::default_arch>
    requires blend_features<Features, Request>
    void combine(const Request& who, score_table& table, std::span<float> out,
                 workspace& memory) const {
        for (std::size_t k = 0; k < table.component_count(); ++k)
            normalize_column(normalizer_, table, k, memory.normalizing_);
        if (features_.size() == 0) {
            detail::weigh_columns<Arch>(table, weights_, intercept_, out);
            return;
        }
        auto& features = memory.features_;
        features.resize(features_.size());
        for (std::size_t row = 0; row < out.size(); ++row) {
            features_(who, table.items()[row], as_writable_span(features));
            auto total = static_cast<double>(intercept_);
            for (std::size_t k = 0; k < table.component_count(); ++k)
                total += weight(k, features) * static_cast<double>(table.scores(k)[row]);
            out[row] = static_cast<float>(total);
        }
    }

    /// See `explaining_combiner`. What no component adds is the intercept.
    template <class Request>
    requires blend_features<Features, Request>
    double contributions(const Request& who, score_table& table, std::size_t row,
                         std::span<affine_map> maps, workspace& memory) const {
        memory.features_.resize(features_.size());
        features_(who, table.items()[row], as_writable_span(memory.features_));
        for (std::size_t k = 0; k < component_count(); ++k)
            maps[k] = weight(k, memory.features_) *
                      normalizing_map(normalizer_, table, k, row, memory.normalizing_);
        return static_cast<double>(intercept_);
    }

    [[nodiscard]] static std::string
    type_name() requires archivable<Normalizer> && archivable<Features> {
        std::string name = "linear_blend<" + Normalizer::type_name();
        if constexpr (!std::same_as<Features, no_features>)
            name += "," + Features::type_name();
        return name + ">";
    }
    void save(archive_writer auto& archive) const requires archivable<Normalizer> &&
        archivable<Features> {
        archive.write_tensor("weights", as_span(weights_),
                             {component_count(), features_.size() + 1});
        archive.write_real("intercept", static_cast<double>(intercept_));
        normalizer_.save(archive);
        features_.save(archive);
    }
    [[nodiscard]] static linear_blend
    load(archive_reader auto& archive) requires archivable<Normalizer> && archivable<Features> {
        try {
            return linear_blend{archive.template read_tensor<float>("weights").values,
                                static_cast<float>(archive.read_real("intercept")),
                                Normalizer::load(archive), Features::load(archive)};
        } catch (const option_error& problem) {
            archive.refuse("weights", problem.what());
            throw;
        }
    }
    friend bool operator==(const linear_blend&, const linear_blend&) = default;

  private:
    /// Σⱼ vₖⱼ·fⱼ
    [[nodiscard]] double weight(std::size_t component,
                                std::span<const float> features) const noexcept {
        const float* const own = weights_.data() + component * (features.size() + 1);
        auto total = static_cast<double>(own[0]);
        for (std::size_t j = 0; j < features.size(); ++j)
            total += static_cast<double>(own[j + 1]) * static_cast<double>(features[j]);
        return total;
    }

    std::vector<float> weights_;
    float intercept_;
    [[no_unique_address]] Normalizer normalizer_;
    [[no_unique_address]] Features features_;
};

} // namespace hybrec
