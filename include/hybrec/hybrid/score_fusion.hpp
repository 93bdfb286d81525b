// SPDX-License-Identifier: MIT
/// @file
/// CombSUM, CombMNZ, CombANZ: sums of normalized scores, by how many components gave one.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/hybrid/detail/kind_of.hpp>
#include <hybrec/hybrid/normalize_column.hpp>
#include <hybrec/hybrid/normalizers.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace hybrec {

/// What a sum of scores becomes, given that `count` > 0 components scored the item.
struct sum_of_scores {
    static constexpr const char* name = "comb_sum";
    [[nodiscard]] static float value(float sum, float) noexcept { return sum; }
};
/// "Multiplied by the number of nonzeros": rewards agreement.
struct sum_times_count {
    static constexpr const char* name = "comb_mnz";
    [[nodiscard]] static float value(float sum, float count) noexcept { return sum * count; }
};
/// "Averaged over the number of nonzeros".
struct mean_of_scores {
    static constexpr const char* name = "comb_anz";
    [[nodiscard]] static float value(float sum, float count) noexcept { return sum / count; }
};

/// Fusion of the normalized scores that components gave (Fox and Shaw 1994). With K(i) the components
/// that scored item i: `comb_sum` Σ sₖ, `comb_mnz` |K(i)|·Σ sₖ, `comb_anz` Σ sₖ/|K(i)|, sums over K(i).
/// Takes any number of components.
template <class Rule, normalizer Normalizer>
class score_fusion : public detail::preference_of<Normalizer> {
  public:
    using workspace = normalizing_workspace<Normalizer>;

    explicit score_fusion(Normalizer its_normalizer = Normalizer{})
        : normalizer_{std::move(its_normalizer)} {}

    /// See `combiner`.
    template <class Request>
    void combine(const Request&, score_table& table, std::span<float> out,
                 workspace& memory) const {
        std::fill(out.begin(), out.end(), 0.0F);
        for (std::size_t k = 0; k < table.component_count(); ++k) {
            normalize_column(normalizer_, table, k, memory);
            const auto scores = table.scores(k);
            for (std::size_t row = 0; row < out.size(); ++row)
                out[row] += scores[row];
        }
        for (std::size_t row = 0; row < out.size(); ++row)
            if (const int count = std::popcount(table.sources()[row]); count > 0)
                out[row] = Rule::value(out[row], static_cast<float>(count));
    }

    /// See `explaining_combiner`. What becomes of a sum, becomes of each of its terms.
    template <class Request>
    double contributions(const Request&, score_table& table, std::size_t row,
                         std::span<affine_map> maps, workspace& memory) const {
        const float factor =
            Rule::value(1, static_cast<float>(std::popcount(table.sources()[row])));
        for (std::size_t k = 0; k < table.component_count(); ++k)
            maps[k] =
                static_cast<double>(factor) * normalizing_map(normalizer_, table, k, row, memory);
        return 0;
    }

    [[nodiscard]] static std::string type_name() requires archivable<Normalizer> {
        return std::string{Rule::name} + "<" + Normalizer::type_name() + ">";
    }
    void save(archive_writer auto& archive) const requires archivable<Normalizer> {
        normalizer_.save(archive);
    }
    [[nodiscard]] static score_fusion
    load(archive_reader auto& archive) requires archivable<Normalizer> {
        return score_fusion{Normalizer::load(archive)};
    }
    friend bool operator==(const score_fusion&, const score_fusion&) = default;

  private:
    [[no_unique_address]] Normalizer normalizer_;
};

template <normalizer Normalizer = min_max>
using comb_sum = score_fusion<sum_of_scores, Normalizer>;
template <normalizer Normalizer = min_max>
using comb_mnz = score_fusion<sum_times_count, Normalizer>;
template <normalizer Normalizer = min_max>
using comb_anz = score_fusion<mean_of_scores, Normalizer>;

} // namespace hybrec
