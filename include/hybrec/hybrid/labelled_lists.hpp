// SPDX-License-Identifier: MIT
/// @file
/// Lists with scores of components and the truth about their items: what blends learn from.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/hybrid/linear_blend.hpp>
#include <hybrec/hybrid/normalize_column.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

struct labelled_lists_options {
    /// how many rows are kept, at 4 bytes for each weight to be learned and 4 for the label; a list that
    /// would exceed it is refused. 16 million rows of 4 components: 320 MB. 0: no limit
    std::size_t max_rows = 16'000'000;
};

/// The normalized scores of many lists, one for each user say, with labels: relevance (0 or 1) or
/// ratings. For linear blends: a row holds fⱼ·Nₖ(sₖ), as `linear_blend` weighs it; 0 where a component
/// did not score the item. Rows that no component scored are left out.
///
/// Rows of a list are kept in the order of their items, so what is learned does not depend on the
/// order in which a list came.
template <normalizer Normalizer = z_score, class Features = no_features>
class labelled_lists {
  public:
    using blend_type = linear_blend<Normalizer, Features>;

    /// @throws option_error unless there are 1 to 32 components.
    explicit labelled_lists(std::size_t components, labelled_lists_options options = {},
                            Normalizer its_normalizer = Normalizer{},
                            Features features = Features{})
        : components_{components},
          options_{options},
          normalizer_{std::move(its_normalizer)},
          features_{std::move(features)} {
        require_option(components >= 1 && components <= score_table::max_components,
                       "labelled_lists", "components", static_cast<double>(components),
                       "a number from 1 to 32");
    }

    /// Adds a list; `table` is scratch from then on.
    /// @return whether it was kept: it is not if there are too many rows.
    /// @throws shape_error unless there is a column for each component and a label for each row;
    ///         data_error for labels, scores or features that are not finite: nothing is added then.
    template <class Request>
    requires blend_features<Features, Request>
    bool add(const Request& who, score_table& table, std::span<const float> labels) {
        if (table.component_count() != components_ || labels.size() != table.item_count())
            fail<shape_error>({"labelled_lists: expected ", components_, " components and ",
                               table.item_count(), " labels, found ", table.component_count(),
                               " and ", labels.size()});
        order_.clear();
        for (std::uint32_t row = 0; row < labels.size(); ++row)
            if (table.sources()[row] != 0)
                order_.push_back(row);
        if (options_.max_rows != 0 && row_count() + order_.size() > options_.max_rows)
            return false;
        std::sort(order_.begin(), order_.end(), [&](std::uint32_t left, std::uint32_t right) {
            return table.items()[left] < table.items()[right];
        });
        for (std::size_t k = 0; k < components_; ++k)
            normalize_column(normalizer_, table, k, memory_);
        try {
            for (const std::uint32_t row : order_)
                add_row(who, table, row, labels[row]);
        } catch (...) {
            labels_.resize(offsets_.back());
            values_.resize(offsets_.back() * width());
            throw;
        }
        offsets_.push_back(row_count());
        return true;
    }

    [[nodiscard]] std::size_t component_count() const noexcept { return components_; }
    [[nodiscard]] std::size_t list_count() const noexcept { return offsets_.size() - 1; }
    [[nodiscard]] std::size_t row_count() const noexcept { return labels_.size(); }
    /// How many weights there are to learn.
    [[nodiscard]] std::size_t width() const noexcept {
        return components_ * (features_.size() + 1);
    }
    /// A row: what each weight is multiplied by.
    [[nodiscard]] std::span<const float> row(std::size_t at) const noexcept {
        return {values_.data() + at * width(), width()};
    }
    [[nodiscard]] std::span<const float> labels() const noexcept { return as_span(labels_); }
    /// List n has the rows offsets()[n] … offsets()[n + 1] − 1.
    [[nodiscard]] std::span<const std::size_t> offsets() const noexcept {
        return as_span(offsets_);
    }

    /// The blend that has these weights.
    /// @throws option_error if they are not finite.
    [[nodiscard]] blend_type blend(std::vector<float> weights, float intercept = 0) const {
        return blend_type{std::move(weights), intercept, normalizer_, features_};
    }

  private:
    template <class Request>
    void add_row(const Request& who, const score_table& table, std::uint32_t row, float label) {
        const std::size_t each = features_.size() + 1;
        row_features_.resize(each);
        row_features_[0] = 1;
        features_(who, table.items()[row], as_writable_span(row_features_).subspan(1));
        bool finite = std::isfinite(label);
        for (std::size_t k = 0; k < components_; ++k)
            for (const float feature : row_features_) {
                values_.push_back(feature * table.scores(k)[row]);
                finite = finite && std::isfinite(values_.back());
            }
        labels_.push_back(label);
        if (!finite)
            fail<data_error>({"labelled_lists: the label, a score or a feature of item ",
                              table.items()[row].value(), " is not finite"});
    }

    std::size_t components_;
    labelled_lists_options options_;
    [[no_unique_address]] Normalizer normalizer_;
    [[no_unique_address]] Features features_;
    std::vector<float> values_; // row after row
    std::vector<float> labels_;
    std::vector<std::size_t> offsets_{0};

    normalizing_workspace<Normalizer> memory_; // of `add`
    std::vector<std::uint32_t> order_;
    std::vector<float> row_features_;
};

/// Learns the weights of a blend: `learn(lists, where)`. The same bits for any number of threads.
/// Models: `ridge`, `non_negative_least_squares`, `logistic`, `ndcg_search`.
template <class Learner, class Lists = labelled_lists<>>
concept blend_learner = requires(const Learner& learner, const Lists& lists,
                                 const execution& where) {
    { learner.learn(lists, where) } -> std::same_as<typename Lists::blend_type>;
};

} // namespace hybrec
