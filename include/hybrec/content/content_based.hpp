// SPDX-License-Identifier: MIT
/// @file
/// Recommends items that are like those the user has, by what is known about items.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/content/item_feature_builder.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/borrowed.hpp>
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
            fail<option_error>(
                {"content_based: there are no features; pass them to the constructor"});
        if (interactions.column_count() != features_->row_count())
            fail<shape_error>({"content_based: the matrix has ", interactions.column_count(),
                               " items, the features describe ", features_->row_count()});
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
    template <class = on_use>
    [[nodiscard]] float coefficient(item_index from, item_index to) const noexcept {
        const float one = 1;
        float cosine = 0;
        score_history({span_of_one(from), span_of_one(one)}, span_of_one(to), span_of_one(cosine));
        return cosine;
    }

    template <class Use = on_use>
    void spread(sparse_row<item_index, float> history, std::span<float> scores) const noexcept {
        const profile_sums<Use> profile{*features_, history};
        for (const feature_index feature : profile.features())
            for (const auto [item, strength] : items_of_->row(feature))
                scores[item.value()] =
                    simd::multiply_add(profile[feature], strength, scores[item.value()]);
    }
    template <class Use = on_use>
    void score_history(sparse_row<item_index, float> history, std::span<const item_index> items,
                       std::span<float> out) const noexcept {
        const profile_sums<Use> profile{*features_, history};
        for (std::size_t at = 0; at < items.size(); ++at) {
            out[at] = 0; // by ascending features, as in `spread`
            for (const auto [feature, strength] : features_->row(items[at]))
                out[at] = simd::multiply_add(profile[feature], strength, out[at]);
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
    /// Σ weight·profile over a history, by feature, in memory of the thread.
    template <class = on_use>
    class profile_sums {
      public:
        profile_sums(const item_features& features, sparse_row<item_index, float> history) {
            auto& [sums, touched] = *memory_;
            if (sums.size() < features.column_count())
                sums.resize(features.column_count());
            for (const auto [item, weight] : history)
                for (const auto [feature, value] : features.row(item)) {
                    if (sums[feature.value()] == 0)
                        touched.push_back(feature);
                    sums[feature.value()] += weight * value;
                }
            std::sort(touched.begin(), touched.end());
            touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
        }
        ~profile_sums() {
            for (const feature_index feature : memory_->touched)
                memory_->sums[feature.value()] = 0;
            memory_->touched.clear();
        }
        profile_sums(const profile_sums&) = delete;
        profile_sums& operator=(const profile_sums&) = delete;

        /// Those that the history has, ascending.
        [[nodiscard]] std::span<const feature_index> features() const noexcept {
            return as_span(memory_->touched);
        }
        [[nodiscard]] float operator[](feature_index feature) const noexcept {
            return memory_->sums[feature.value()];
        }

      private:
        struct memory {
            std::vector<float> sums;
            std::vector<feature_index> touched; // whose sums may not be 0
        };
        borrowed<memory> memory_;
    };

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

} // namespace hybrec
