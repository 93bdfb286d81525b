// SPDX-License-Identifier: MIT
/// @file
/// Reciprocal rank fusion, Borda counts and inverse square ranks: only the ranks of scores count.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/detail/ranked_rows.hpp>
#include <hybrec/retrieval/archive_options.hpp>

#include <bit>
#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

/// What rank fusions share: every component ranks the items that it scored by `ranks_before`, from 1 on,
/// and adds `points(rank, ranked, candidates)` to each. Takes any number of components of any kinds.
template <class Fusion>
class rank_fusion {
  public:
    class workspace {
        friend rank_fusion;
        detail::score_order order_;
        std::vector<double> points_; // in double: equal sums in another order round to equal floats
    };
    static constexpr score_kind kind = score_kind::rank;

    /// See `combiner`. Complexity: O(components · items).
    template <class Request>
    void combine(const Request&, score_table& table, std::span<float> out,
                 workspace& memory) const {
        const auto& fusion = static_cast<const Fusion&>(*this);
        auto& points = memory.points_;
        points.assign(out.size(), 0.0);
        for (std::size_t k = 0; k < table.component_count(); ++k) {
            const auto ranked = detail::ranked_rows(table, k, memory.order_);
            const double unranked = fusion.unranked(ranked.size(), out.size());
            if (unranked != 0 && ranked.size() < out.size())
                for (std::size_t row = 0; row < out.size(); ++row)
                    points[row] += table.has(k, row) ? 0.0 : unranked;
            for (std::size_t at = 0; at < ranked.size(); ++at)
                points[ranked[at].row] += fusion.points(at + 1, out.size());
        }
        for (std::size_t row = 0; row < out.size(); ++row)
            out[row] =
                static_cast<float>(fusion.total(points[row], std::popcount(table.sources()[row])));
    }

    /// See `explaining_combiner`. What an item gets by its rank is shared `in_proportion`.
    template <class Request>
    double contributions(const Request&, score_table& table, std::size_t row,
                         std::span<affine_map> maps, workspace& memory) const {
        const auto& fusion = static_cast<const Fusion&>(*this);
        const int scored_by = std::popcount(table.sources()[row]);
        for (std::size_t k = 0; k < table.component_count(); ++k) {
            const auto ranked = detail::ranked_rows(table, k, memory.order_);
            double points = fusion.unranked(ranked.size(), table.item_count());
            for (std::size_t at = 0; at < ranked.size(); ++at)
                if (ranked[at].row == row)
                    points = fusion.points(at + 1, table.item_count());
            // The score of what is not ranked is 0.
            maps[k] = in_proportion(static_cast<double>(table.scores(k)[row]),
                                    fusion.total(points, scored_by));
        }
        return 0;
    }

    void save(archive_writer auto&) const {}
    [[nodiscard]] static Fusion load(archive_reader auto&) { return Fusion{}; }
    friend bool operator==(const rank_fusion&, const rank_fusion&) noexcept = default;

  protected:
    [[nodiscard]] double unranked(std::size_t, std::size_t) const noexcept { return 0; }
    [[nodiscard]] double total(double points, int) const noexcept { return points; }
};

struct reciprocal_rank_fusion_options {
    double k = 60; ///< how little the first ranks stand out; at least 0

    friend bool operator==(const reciprocal_rank_fusion_options&,
                           const reciprocal_rank_fusion_options&) noexcept = default;
};

/// Σ 1 / (k + rank) over the components that scored the item (Cormack, Clarke and Büttcher 2009).
class reciprocal_rank_fusion : public rank_fusion<reciprocal_rank_fusion> {
  public:
    /// @throws option_error for a negative or infinite k.
    explicit reciprocal_rank_fusion(reciprocal_rank_fusion_options options = {})
        : options_{options} {
        require_option(options.k >= 0 && std::isfinite(options.k), "reciprocal_rank_fusion", "k",
                       options.k, "a finite number, at least 0");
    }

    [[nodiscard]] const reciprocal_rank_fusion_options& options() const noexcept {
        return options_;
    }

    [[nodiscard]] static std::string type_name() { return "reciprocal_rank_fusion"; }
    void save(archive_writer auto& archive) const { archive.write_real("k", options_.k); }
    [[nodiscard]] static reciprocal_rank_fusion load(archive_reader auto& archive) {
        return model_with<reciprocal_rank_fusion>(
            archive, reciprocal_rank_fusion_options{.k = archive.read_real("k")});
    }
    friend bool operator==(const reciprocal_rank_fusion&,
                           const reciprocal_rank_fusion&) noexcept = default;

  private:
    friend rank_fusion<reciprocal_rank_fusion>;
    [[nodiscard]] double points(std::size_t rank, std::size_t) const noexcept {
        return 1 / (options_.k + static_cast<double>(rank));
    }

    reciprocal_rank_fusion_options options_;
};

/// Borda's count: of C candidates, the one ranked r-th gets C − r + 1 points; those that a component
/// leaves out share the points it has left, (C − n + 1)/2 each where it ranked n.
class borda : public rank_fusion<borda> {
  public:
    [[nodiscard]] static std::string type_name() { return "borda"; }
    friend bool operator==(const borda&, const borda&) noexcept = default;

  private:
    friend rank_fusion<borda>;
    [[nodiscard]] double points(std::size_t rank, std::size_t candidates) const noexcept {
        return static_cast<double>(candidates - rank + 1);
    }
    [[nodiscard]] double unranked(std::size_t ranked, std::size_t candidates) const noexcept {
        return static_cast<double>(candidates - ranked + 1) / 2;
    }
};

/// |K(i)| · Σ 1 / rank² over the components K(i) that scored item i (Mourão, Martins and Magalhães
/// 2014).
class inverse_square_rank : public rank_fusion<inverse_square_rank> {
  public:
    [[nodiscard]] static std::string type_name() { return "inverse_square_rank"; }
    friend bool operator==(const inverse_square_rank&,
                           const inverse_square_rank&) noexcept = default;

  private:
    friend rank_fusion<inverse_square_rank>;
    [[nodiscard]] double points(std::size_t rank, std::size_t) const noexcept {
        return 1 / (static_cast<double>(rank) * static_cast<double>(rank));
    }
    [[nodiscard]] double total(double points, int components) const noexcept {
        return points * components;
    }
};

} // namespace hybrec
