// SPDX-License-Identifier: MIT
/// @file
/// Recommends items that are like those the user has, by what is known about items.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/content/item_feature_builder.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/history_model.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
#include <hybrec/sparse/transpose.hpp>
#include <hybrec/weighting/row_normalization.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Content-based filtering (Pazzani and Billsus 2007): the user's profile is the weighted sum of the
/// profiles of the items in the history, and an item scores by its inner product with it. Profiles of
/// items have unit length, so score(u, i) = Σₕ w(u, h)·cos(h, i).
///
/// Items need no interactions to be recommended, only features; users need a history, of which one
/// item is enough. Const calls are thread-safe.
class content_based : public history_model<content_based> {
  public:
    content_based() = default;

    /// @param features items × features, of any scale; negative values are allowed
    /// @throws data_error if a value is not finite.
    template <class = on_use>
    explicit content_based(const item_features& features, const execution& where = {})
        : features_{std::make_shared<const item_features>(row_normalization{}(features, where))},
          items_of_{std::make_shared<const csr_matrix<feature_index, item_index, float>>(
              transpose(*features_, where))} {}

    /// Keeps the histories; nothing is learned from them.
    /// @throws shape_error if the matrix does not have the items that have features.
    template <user_item_source Matrix>
    void fit(Matrix&& interactions, const execution& = {}) {
        if (!features_)
            throw option_error{
                "content_based: there are no features; pass them to the constructor"};
        if (interactions.column_count() != features_->row_count())
            throw shape_error{
                "content_based: the matrix has " + std::to_string(interactions.column_count()) +
                " items, the features describe " + std::to_string(features_->row_count())};
        history_ = keep_matrix<float>(std::forward<Matrix>(interactions));
    }

    /// The item profiles: features scaled to unit length; null for a model without.
    [[nodiscard]] const item_features* features() const noexcept { return features_.get(); }

    /// The profile of a history: what it says about features, the strongest first.
    /// @throws shape_error for a user beyond the model.
    template <class = on_use>
    [[nodiscard]] ranking<feature_index> profile(user_index user) const {
        require_below(user, user_count(), "user");
        return profile_of(history_->row(user));
    }
    template <class = on_use>
    [[nodiscard]] ranking<feature_index> profile(const folded_history& user) const {
        return profile_of(user.row());
    }

    /// cos(from, to).
    [[nodiscard]] float coefficient(item_index from, item_index to) const noexcept {
        return add_product(1, from, to, 0);
    }

    void spread(sparse_row<item_index, float> history, std::span<float> scores) const noexcept {
        for (const auto [item, weight] : history)
            for (const auto [feature, value] : features_->row(item)) {
                const float part = weight * value;
                for (const auto [other, strength] : items_of_->row(feature))
                    scores[other.value()] =
                        simd::multiply_add(part, strength, scores[other.value()]);
            }
    }
    void score_history(sparse_row<item_index, float> history, std::span<const item_index> items,
                       std::span<float> out) const noexcept {
        for (std::size_t at = 0; at < items.size(); ++at) {
            out[at] = 0;
            for (const auto [item, weight] : history)
                out[at] = add_product(weight, item, items[at], out[at]);
        }
    }

    [[nodiscard]] static std::string type_name() { return "content_based"; }

    void save(archive_writer auto& archive) const {
        require_fitted();
        save_history(archive);
        archive.write_integer("features", static_cast<std::int64_t>(features_->column_count()));
        save_csr(archive, "profiles", *features_);
    }
    [[nodiscard]] static content_based load(archive_reader auto& archive) {
        content_based model;
        model.load_history(archive);
        const std::int64_t features = archive.read_integer("features");
        if (features < 0 || static_cast<std::uint64_t>(features) > max_index_count)
            archive.refuse("features",
                           "expected a number of features, found " + std::to_string(features));
        model.features_ =
            std::make_shared<const item_features>(load_csr<item_index, feature_index, float>(
                archive, "profiles", model.item_count(), static_cast<std::size_t>(features)));
        model.items_of_ = std::make_shared<const csr_matrix<feature_index, item_index, float>>(
            transpose(*model.features_));
        return model;
    }

    friend bool operator==(const content_based& left, const content_based& right) {
        return same_matrix(left.history(), right.history()) &&
               same_matrix(left.features(), right.features());
    }

  private:
    /// sum + weight·⟨from, to⟩, in the order and with the roundings of `spread`.
    [[nodiscard]] float add_product(float weight, item_index from, item_index to,
                                    float sum) const noexcept {
        const auto left = features_->row(from);
        const auto right = features_->row(to);
        std::size_t l = 0;
        std::size_t r = 0;
        while (l < left.size() && r < right.size()) {
            if (left.columns()[l] < right.columns()[r]) {
                ++l;
            } else if (right.columns()[r] < left.columns()[l]) {
                ++r;
            } else {
                sum = simd::multiply_add(weight * left.values()[l], right.values()[r], sum);
                ++l;
                ++r;
            }
        }
        return sum;
    }

    template <class = on_use>
    [[nodiscard]] ranking<feature_index> profile_of(sparse_row<item_index, float> history) const {
        std::vector<float> sums(features_->column_count());
        for (const auto [item, weight] : history)
            for (const auto [feature, value] : features_->row(item))
                sums[feature.value()] += weight * value;
        ranking<feature_index> result;
        for (std::size_t feature = 0; feature < sums.size(); ++feature)
            if (sums[feature] != 0)
                result.push_back({feature_index(feature), sums[feature]});
        std::sort(result.begin(), result.end(), ranks_before<feature_index, float>);
        return result;
    }

    kept_matrix<item_index, feature_index, float> features_; // rows of unit length
    kept_matrix<feature_index, item_index, float> items_of_; // its transpose
};

static_assert(scorer<content_based> && recommender<content_based> && knows_users<content_based>);
static_assert(foldable<content_based> && explainable<content_based> &&
              item_similarity_model<content_based> && archivable<content_based>);

} // namespace hybrec
