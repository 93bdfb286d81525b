// SPDX-License-Identifier: MIT
/// @file
/// GF-CF: collaborative filtering as two filters on the graph of users and items.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/history_model.hpp>
#include <hybrec/retrieval/kept_fit.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/transpose.hpp>
#include <hybrec/sparse/truncated_svd.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Options of `gf_cf`.
struct gf_cf_options {
    std::size_t factors = 256;     ///< singular vectors of the ideal low-pass filter, 1 … 2048
    double low_pass_weight = 0.3;  ///< α, the weight of that filter; at least 0
    std::size_t oversampling = 64; ///< of the decomposition; see `svd_options`
    std::size_t iterations = 24;   ///< power iterations of the decomposition
    std::uint64_t seed = 42;       ///< of the decomposition
    std::size_t memory_budget = 0; ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("factors", options.factors);
        visit("low_pass_weight", options.low_pass_weight);
        visit("oversampling", options.oversampling);
        visit("iterations", options.iterations);
        visit("seed", options.seed);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const gf_cf_options&, const gf_cf_options&) = default;
};

/// GF-CF (Shen et al. 2021, "How powerful is graph convolution for recommendation?", equation 11).
/// With R̃ = D_U^(−1/2)·R·D_I^(−1/2), D the degrees of users and items, and V the first right
/// singular vectors of R̃, the scores of a history x are
///
///     s = x·R̃ᵀR̃ + α·x·D_I^(−1/2)·VVᵀ·D_I^(1/2),
///
/// a walk to those who share an item and on to what else they have, and a smoothing by the strongest
/// patterns. The paper knows no weights: a degree here is the sum of the absolute weights.
///
/// `fit` costs what `truncated_svd` of R̃ costs. Nothing of the size items² is built: the walk is done at query time, in O(entries) at most. Const
/// calls are thread-safe; every thread that recommends keeps one array of weights of users and one
/// of factors. The same bits for any number of threads. If a call throws, the model is what it was.
class gf_cf : public history_model<gf_cf>, public kept_fit<gf_cf> {
  public:
    /// @throws option_error naming the field, its value and the valid range.
    template <class Use = on_use>
    explicit gf_cf(gf_cf_options options = {}) : options_{options} {
        validate(decomposition(), "gf_cf");
        option_checks<Use>{"gf_cf"}.from_zero("low_pass_weight", options.low_pass_weight);
    }

    [[nodiscard]] const gf_cf_options& options() const noexcept { return options_; }

    /// The bytes that `fit` holds at its peak beside the caller's matrix.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        const std::size_t wide = padded_size<float>(options_.factors + options_.oversampling);
        const std::size_t matrices = 4 * entries * (sizeof(item_index) + sizeof(float)) +
                                     (4 * users + (4 + threads) * items) * sizeof(offset);
        const std::size_t tables = (users + items + std::max(users, items)) * wide +
                                   2 * items * padded_size<float>(options_.factors);
        return matrices + sizeof(float) * (tables + (gram_parts + 12 + threads) * wide * wide);
    }

    template <class = on_use>
    void spread(sparse_row<item_index, float> history, std::span<float> scores) const noexcept {
        spread_all(span_of_one(history), scores.data(), padded_size<float>(item_count()));
    }
    /// Many histories at once share the reading of the patterns.
    template <class = on_use>
    void spread_all(std::span<const sparse_row<item_index, float>> histories, float* scores,
                    std::size_t stride) const noexcept {
        thread_local aligned_vector<float> strengths;
        thread_local std::vector<float> users;
        const std::size_t size = patterns_.stride();
        strengths.resize(histories.size() * size);
        for (std::size_t at = 0; at < histories.size(); ++at)
            match_patterns(histories[at], strengths.data() + at * size);
        simd::gemm<float, simd::default_arch, simd::update::add>(
            strengths.data(), size, turned_.data(), turned_stride(), histories.size(),
            patterns_.factors(), turned_stride(), scores, stride);
        for (std::size_t at = 0; at < histories.size(); ++at) {
            visit_users(histories[at], users);
            for (std::size_t user = 0; user < users.size(); ++user)
                if (users[user] != 0)
                    for (const auto [item, value] : normalized_.row(user_index(user))) {
                        float& score = scores[at * stride + item.value()];
                        score = simd::multiply_add(users[user], value, score);
                    }
        }
    }
    template <class = on_use>
    void score_history(sparse_row<item_index, float> history, std::span<const item_index> items,
                       std::span<float> out) const noexcept {
        thread_local aligned_vector<float> strengths;
        thread_local std::vector<float> users;
        strengths.resize(patterns_.stride());
        match_patterns(history, strengths.data());
        visit_users(history, users);
        for (std::size_t at = 0; at < items.size(); ++at) {
            const std::span<const float> pattern = patterns_.row(items[at]);
            float sum = 0;
            for (std::size_t k = 0; k < pattern.size(); ++k)
                sum = simd::multiply_add(strengths[k], pattern[k], sum);
            for (const auto [user, value] : by_item_.row(items[at]))
                sum = simd::multiply_add(users[user.value()], value, sum);
            out[at] = sum;
        }
    }
    template <class = on_use>
    [[nodiscard]] float coefficient(item_index from, item_index to) const noexcept {
        const float weight = 1;
        float out = 0;
        score_history({span_of_one(from), span_of_one(weight)}, span_of_one(to), span_of_one(out));
        return out;
    }

    [[nodiscard]] static std::string type_name() { return "gf_cf"; }

    void save(archive_writer auto& archive) const {
        require_fitted();
        save_options(archive, options_);
        save_history(archive);
        save_table(archive, "patterns", patterns_);
    }
    [[nodiscard]] static gf_cf load(archive_reader auto& archive) {
        gf_cf model = model_with<gf_cf>(archive, load_options<gf_cf_options>(archive));
        model.load_history(archive);
        model.patterns_ =
            load_table<item_index, float>(archive, "patterns", model.options_.factors);
        if (model.patterns_.rows() != model.item_count())
            archive.refuse("patterns", "expected " + std::to_string(model.item_count()) +
                                           " rows, found " +
                                           std::to_string(model.patterns_.rows()));
        model.normalize({});
        model.turn_patterns();
        return model;
    }

    friend bool operator==(const gf_cf& left, const gf_cf& right) {
        return left.options_ == right.options_ && left.patterns_ == right.patterns_ &&
               same_matrix(left.history(), right.history());
    }

  private:
    friend class kept_fit<gf_cf>;

    template <class = on_use>
    [[nodiscard]] gf_cf untrained() const {
        return gf_cf{options_};
    }

    void learn(progress_observer auto& progress, const execution& where) {
        normalize(where);
        // With E = D_I^(1/2)·V the second filter is x·D_I^(−1)·E·Eᵀ.
        patterns_ = truncated_svd(normalized_.view(), decomposition(), progress, where).right;
        for (std::size_t item = 0; item < item_count(); ++item)
            for (float& value : patterns_.row(item_index(item)))
                value *= std::sqrt(degrees_[item]);
        turn_patterns();
    }

    [[nodiscard]] svd_options decomposition() const noexcept {
        return {.factors = options_.factors,
                .oversampling = options_.oversampling,
                .iterations = options_.iterations,
                .seed = options_.seed};
    }
    [[nodiscard]] std::size_t turned_stride() const noexcept {
        return padded_size<float>(item_count());
    }

    /// R̃ and its transpose, from the history.
    template <class = on_use>
    void normalize(const execution& where) {
        std::vector<double> users(user_count());
        std::vector<double> items(item_count());
        for (std::size_t user = 0; user < users.size(); ++user)
            for (const auto [item, weight] : history_->row(user_index(user))) {
                users[user] += std::abs(static_cast<double>(weight));
                items[item.value()] += std::abs(static_cast<double>(weight));
            }
        normalized_ = *history_;
        const std::span<float> values = normalized_.values();
        for (std::size_t user = 0; user < users.size(); ++user)
            for (offset at = normalized_.offsets()[user]; at < normalized_.offsets()[user + 1];
                 ++at)
                if (values[at] != 0)
                    values[at] = static_cast<float>(
                        static_cast<double>(values[at]) /
                        std::sqrt(users[user] * items[normalized_.columns()[at].value()]));
        degrees_.assign(items.begin(), items.end());
        by_item_ = transpose(normalized_, where);
    }

    /// A copy of the patterns in which those of all items lie side by side, for products.
    template <class = on_use>
    void turn_patterns() {
        turned_.assign(patterns_.factors() * turned_stride(), 0.0F);
        for (std::size_t item = 0; item < item_count(); ++item)
            for (std::size_t k = 0; k < patterns_.factors(); ++k)
                turned_[k * turned_stride() + item] = patterns_.row(item_index(item))[k];
    }

    /// α·x·D_I^(−1)·E: how strongly a history shows each pattern.
    template <class = on_use>
    void match_patterns(sparse_row<item_index, float> history, float* strengths) const noexcept {
        std::fill_n(strengths, patterns_.stride(), 0.0F);
        for (const auto [item, weight] : history)
            if (degrees_[item.value()] > 0)
                simd::axpy(static_cast<float>(options_.low_pass_weight) * weight /
                               degrees_[item.value()],
                           patterns_.padded_row(item), strengths, patterns_.stride());
    }

    /// x·R̃ᵀ: how much the history has in common with each user.
    template <class = on_use>
    void visit_users(sparse_row<item_index, float> history,
                     std::vector<float>& users) const noexcept {
        users.assign(user_count(), 0.0F);
        for (const auto [item, weight] : history)
            for (const auto [user, value] : by_item_.row(item))
                users[user.value()] = simd::multiply_add(weight, value, users[user.value()]);
    }

    gf_cf_options options_;
    std::vector<float> degrees_;               // of the items
    user_items normalized_;                    // R̃
    item_users by_item_;                       // its transpose
    factor_table<item_index, float> patterns_; // E
    aligned_vector<float> turned_;             // Eᵀ, rows padded to whole lines
};

} // namespace hybrec
