// SPDX-License-Identifier: MIT
/// @file
/// What is known about items, as a sparse matrix: categories, numbers and words.
#pragma once

#include <hybrec/content/tokenizer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/id_map.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/tf_idf.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec {

/// Collects the features of a catalogue, group by group, as in
///
///     item_feature_builder features{data.log.items.size()};
///     features.add_categories("genre", data.categories);
///     features.add_text("title", data.titles);
///     content_based model{features.matrix()};
///
/// In every group a row has unit length, or is empty where nothing is known, times the group's
/// weight: so that many words do not outweigh one genre. Groups of the same name share features.
class item_feature_builder {
  public:
    explicit item_feature_builder(std::size_t items) : items_{items} {}

    [[nodiscard]] std::size_t item_count() const noexcept { return items_; }
    [[nodiscard]] std::size_t feature_count() const noexcept { return names_.size(); }

    /// What a feature is called: "group: category", "group: word", "group".
    [[nodiscard]] std::string_view name(feature_index feature) const { return names_[feature]; }

    /// One feature for each category, rare ones weighing more (TF-IDF).
    /// @param categories by item; items beyond its end have none, empty names are left out
    /// @throws shape_error if it is longer than the catalogue, option_error for a bad weight.
    template <class = on_use>
    void add_categories(std::string_view group,
                        std::span<const std::vector<std::string>> categories, float weight = 1) {
        require_group(group, categories.size(), weight);
        group_entries entries;
        for (std::size_t item = 0; item < categories.size(); ++item)
            for (const std::string& category : categories[item])
                if (!category.empty())
                    add_entry(entries, item, group, category);
        finish_counts(entries, weight);
    }

    /// One feature for each word; frequent words of a text weigh more, words of many texts less
    /// (TF-IDF).
    /// @param texts by item; items beyond its end have none
    /// @throws shape_error if it is longer than the catalogue, option_error for a bad weight.
    template <class = on_use>
    void add_text(std::string_view group, std::span<const std::string> texts, float weight = 1,
                  const tokenizer& words = {}) {
        require_group(group, texts.size(), weight);
        group_entries entries;
        for (std::size_t item = 0; item < texts.size(); ++item)
            words(texts[item],
                  [&](std::string_view word) { add_entry(entries, item, group, word); });
        finish_counts(entries, weight);
    }

    /// One feature: the number in units of its standard deviation from the mean. All alike, it says
    /// nothing and adds nothing. Not scaled to unit length.
    /// @param numbers by item; NaN where unknown
    /// @throws shape_error if it is longer than the catalogue, data_error for an infinite number,
    ///         option_error for a bad weight.
    template <class = on_use>
    void add_numbers(std::string_view group, std::span<const double> numbers, float weight = 1) {
        require_group(group, numbers.size(), weight);
        double sum = 0;
        double known = 0;
        for (std::size_t item = 0; item < numbers.size(); ++item) {
            if (is_known(group, numbers, item)) {
                sum += numbers[item];
                known += 1;
            }
        }
        const double mean = known > 0 ? sum / known : 0;
        double squares = 0;
        for (const double number : numbers)
            squares += std::isnan(number) ? 0 : (number - mean) * (number - mean);
        const double deviation = known > 0 ? std::sqrt(squares / known) : 0;
        // Rounding leaves a trace of the mean's size where all numbers are alike.
        if (!(deviation > 1e-12 * std::abs(mean)))
            return;
        const feature_index feature = names_.add(group);
        for (std::size_t item = 0; item < numbers.size(); ++item)
            if (!std::isnan(numbers[item]))
                entries_.add(item_index(item), feature,
                             weight * static_cast<float>((numbers[item] - mean) / deviation));
    }

    /// One feature for each of at most `ranges` ranges of numbers that as many items are in (quantiles, as
    /// Cheng et al. 2016 feed numbers to a network); equal numbers share a range. Called "group: from 12.5".
    /// @param numbers by item; NaN where unknown
    /// @throws as `add_numbers`; option_error unless `ranges` is at least 1.
    template <class = on_use>
    void add_ranges(std::string_view group, std::span<const double> numbers, std::size_t ranges,
                    float weight = 1) {
        require_group(group, numbers.size(), weight);
        require_option(ranges != 0, "item_feature_builder", "ranges", 0.0, "at least 1");
        std::vector<double> known;
        for (std::size_t item = 0; item < numbers.size(); ++item)
            if (is_known(group, numbers, item))
                known.push_back(numbers[item]);
        std::sort(known.begin(), known.end());
        std::vector<double> starts;
        for (std::size_t range = 0; range < ranges && !known.empty(); ++range)
            starts.push_back(known[range * known.size() / ranges]);
        group_entries entries;
        for (std::size_t item = 0; item < numbers.size(); ++item)
            if (!std::isnan(numbers[item])) {
                const auto after = std::upper_bound(starts.begin(), starts.end(), numbers[item]);
                std::array<char, 32> name;
                std::snprintf(name.data(), name.size(), "from %g", *std::prev(after));
                add_entry(entries, item, group, name.data());
            }
        finish_counts(entries, weight);
    }

    /// All groups side by side: items × features.
    template <class = on_use>
    [[nodiscard]] item_features matrix() const {
        return build_csr<item_index, feature_index, float>(
            entries_, {.row_count = items_, .column_count = names_.size(), .fixed_shape = true});
    }

  private:
    using group_entries = coo_matrix<item_index, feature_index, float>;

    void require_group(std::string_view group, std::size_t items, float weight) const {
        if (items > items_)
            fail<shape_error>({"item_feature_builder: \"", group, "\" describes ", items,
                               " items, the catalogue has ", items_});
        require_option(weight > 0 && std::isfinite(weight), "item_feature_builder", "weight",
                       static_cast<double>(weight), "a number above 0");
    }

    template <class = on_use>
    [[nodiscard]] static bool is_known(std::string_view group, std::span<const double> numbers,
                                       std::size_t item) {
        if (std::isinf(numbers[item]))
            fail<data_error>({"item_feature_builder: the number \"", group, "\" of item ", item,
                              " is infinite"});
        return !std::isnan(numbers[item]);
    }

    template <class = on_use>
    void add_entry(group_entries& entries, std::size_t item, std::string_view group,
                   std::string_view name) {
        std::string whole{group};
        whole += ": ";
        whole += name;
        entries.add(item_index(item), names_.add(whole), 1.0F);
    }

    /// Counts become TF-IDF rows of length `weight`. A feature that all items have weighs 0 there;
    /// then it says nothing and is left out.
    template <class = on_use>
    void finish_counts(const group_entries& counts, float weight) {
        const auto weighted = tf_idf{.normalize = true}(build_csr<item_index, feature_index, float>(
            counts, {.row_count = items_, .column_count = names_.size()}));
        for (std::size_t item = 0; item < items_; ++item)
            for (const auto [feature, value] : weighted.row(item_index(item)))
                if (value != 0)
                    entries_.add(item_index(item), feature, weight * value);
    }

    std::size_t items_;
    id_map<feature_index> names_;
    group_entries entries_;
};

} // namespace hybrec
