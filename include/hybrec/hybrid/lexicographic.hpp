// SPDX-License-Identifier: MIT
/// @file
/// Burke's cascade: later components only refine the order of earlier ones.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/archive_options.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

struct lexicographic_options {
    /// ε: scores of every component but the last that share a step ⌊s/ε⌋ are the same to it; 0: only
    /// equal scores are
    double step = 0;

    friend bool operator==(const lexicographic_options&,
                           const lexicographic_options&) noexcept = default;
};

/// `lexicographic{{.step = 0.5}}` (Burke 2002, "cascade"): items in the order of (⌊s₁/ε⌋, s₂), or
/// (⌊s₁/ε⌋, ⌊s₂/ε⌋, …, s_K). An item that a component did not score comes after those that it did.
///
/// As an order is not a number, the score is the place in it: 1 − d/D for the d-th best (from 0) of D
/// classes of equal items. Up to 2²⁴ classes stay distinct.
class lexicographic {
  public:
    class workspace {
        friend lexicographic;
        std::vector<std::uint32_t> order_;
    };
    static constexpr score_kind kind = score_kind::rank;

    /// @throws option_error for a negative or infinite step.
    explicit lexicographic(lexicographic_options options = {}) : options_{options} {
        require_option(options.step >= 0 && std::isfinite(options.step), "lexicographic", "step",
                       options.step, "a finite number, at least 0");
    }

    [[nodiscard]] const lexicographic_options& options() const noexcept { return options_; }

    /// See `combiner`. Complexity: O(components · items · log items).
    template <class Request>
    void combine(const Request&, const score_table& table, std::span<float> out,
                 workspace& memory) const {
        const auto order = sort_rows(table, memory);
        std::size_t classes = 0;
        for (std::size_t at = 0; at < order.size(); ++at) {
            classes += at > 0 && compare(table, order[at - 1], order[at]) != 0;
            out[order[at]] = static_cast<float>(classes);
        }
        for (float& value : out)
            value = static_cast<float>(1 - static_cast<double>(value) /
                                               static_cast<double>(classes + 1));
    }

    /// See `explaining_combiner`. Each component adds what it changes about the item's place among those that
    /// the components before it tell apart, shared `in_proportion`; the first adds the place it gives.
    template <class Request>
    double contributions(const Request&, const score_table& table, std::size_t row,
                         std::span<affine_map> maps, workspace& memory) const {
        const auto order = sort_rows(table, memory);
        double before = 0;
        for (std::size_t k = 0; k < table.component_count(); ++k) {
            double classes = 0, better = 0;
            for (std::size_t at = 0; at < order.size(); ++at) {
                classes += at > 0 && same(table, k + 1, order[at - 1], order[at]) ? 0 : 1;
                if (order[at] == row)
                    better = classes - 1;
            }
            const double place = 1 - better / classes;
            maps[k] = in_proportion(static_cast<double>(table.scores(k)[row]), place - before);
            before = place;
        }
        return 0;
    }

    [[nodiscard]] static std::string type_name() { return "lexicographic"; }
    void save(archive_writer auto& archive) const { archive.write_real("step", options_.step); }
    [[nodiscard]] static lexicographic load(archive_reader auto& archive) {
        return model_with<lexicographic>(archive,
                                         lexicographic_options{.step = archive.read_real("step")});
    }
    friend bool operator==(const lexicographic&, const lexicographic&) noexcept = default;

  private:
    template <class = on_use>
    [[nodiscard]] std::span<const std::uint32_t> sort_rows(const score_table& table,
                                                           workspace& memory) const {
        auto& order = memory.order_;
        order.resize(table.item_count());
        std::iota(order.begin(), order.end(), 0U);
        std::sort(order.begin(), order.end(), [&](std::uint32_t left, std::uint32_t right) {
            return compare(table, left, right) < 0;
        });
        return as_span(order);
    }

    /// Whether the first `components` cannot tell two rows apart.
    [[nodiscard]] bool same(const score_table& table, std::size_t components, std::size_t left,
                            std::size_t right) const noexcept {
        for (std::size_t k = 0; k < components; ++k) {
            const bool coarse = options_.step > 0 && k + 1 < table.component_count();
            if (table.has(k, left) != table.has(k, right) ||
                value(table.scores(k)[left], coarse) != value(table.scores(k)[right], coarse))
                return false;
        }
        return true;
    }
    /// Below 0 if the left row comes first, 0 if no component can tell the two apart.
    [[nodiscard]] int compare(const score_table& table, std::size_t left,
                              std::size_t right) const noexcept {
        for (std::size_t k = 0; k < table.component_count(); ++k) {
            if (table.has(k, left) != table.has(k, right))
                return table.has(k, left) ? -1 : 1;
            const bool coarse = options_.step > 0 && k + 1 < table.component_count();
            const double first = value(table.scores(k)[left], coarse);
            const double second = value(table.scores(k)[right], coarse);
            if (first != second)
                return first > second ? -1 : 1;
        }
        return 0;
    }
    [[nodiscard]] double value(float score, bool coarse) const noexcept {
        const auto exact = static_cast<double>(score);
        return coarse ? std::floor(exact / options_.step) : exact;
    }

    lexicographic_options options_;
};

} // namespace hybrec
