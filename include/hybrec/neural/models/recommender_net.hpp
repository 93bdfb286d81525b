// SPDX-License-Identifier: MIT
/// @file
/// recommender_net: embeddings of users and items whose cosine tells how much a user likes an item.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/rating_model.hpp>
#include <hybrec/neural/loss.hpp>
#include <hybrec/neural/models/cosine_network.hpp>
#include <hybrec/neural/optimizer.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/neural/trainer.hpp>
#include <hybrec/neural/training.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/require_trainable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec::neural {

/// Options of `recommender_net`. How it is trained is said in `training_options`.
struct recommender_net_options {
    std::size_t embedding = 128; ///< length of the vectors, 1 … 2048
    double initial_deviation =
        0.05;                  ///< of the embeddings' starting values; above 0. The smaller, the
                               ///< further a step turns them
    std::size_t negatives = 0; ///< items of label 0 drawn per entry and epoch; 0 for ratings
    label_range labels{};      ///< which value is label 0 and which 1; equal: those of the data
    std::size_t fold_in_steps = 50; ///< Adam steps of `fold_in`; at least 1
    double fold_in_rate = 0.02;     ///< their learning rate, for a vector of length 1; above 0
    std::uint64_t seed = 42;        ///< of the starting values
    std::size_t memory_budget = 0;  ///< refuse to fit if the estimate exceeds this; 0: no limit

    friend bool operator==(const recommender_net_options&,
                           const recommender_net_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
inline void validate(const recommender_net_options& options) {
    constexpr const char* owner = "recommender_net";
    const auto above_zero = [&](double value, const char* field) {
        require_option(std::isfinite(value) && value > 0, owner, field, value,
                       "a finite number above 0");
    };
    require_option(options.embedding >= 1 && options.embedding <= 2048, owner, "embedding",
                   static_cast<double>(options.embedding), "1 to 2048");
    above_zero(options.initial_deviation, "initial_deviation");
    require_option(std::isfinite(options.labels.minimum) && std::isfinite(options.labels.maximum) &&
                       options.labels.maximum >= options.labels.minimum,
                   owner, "labels.maximum", static_cast<double>(options.labels.maximum),
                   "a finite number of at least labels.minimum");
    require_option(options.fold_in_steps >= 1, owner, "fold_in_steps",
                   static_cast<double>(options.fold_in_steps), "at least 1");
    above_zero(options.fold_in_rate, "fold_in_rate");
}

/// The probability that a user likes an item is σ(w·cos(xᵤ, yᵢ) + b): embeddings, normalised inner
/// product, one dense unit, sigmoid; trained by Adam on the binary cross-entropy of ratings scaled to
/// [0, 1] (the network of the Keras guides for anime and books; see `cosine_network`).
///
/// Scores are w·cos(xᵤ, yᵢ): b moves no ranking. The tables hold w·x̂ᵤ and ŷᵢ, so that a score is one
/// inner product; likeness of users and of items is the cosine of their embeddings. Users and items
/// without entries are not known. Results have the same bits for any number of threads. Const calls
/// are thread-safe. If a call throws, the model is what it was before.
class recommender_net : public factor_model<float> {
  public:
    /// @throws option_error naming the field, its value and the valid range.
    explicit recommender_net(recommender_net_options options = {}) : options_{options} {
        validate(options);
    }

    [[nodiscard]] const recommender_net_options& options() const noexcept { return options_; }
    [[nodiscard]] bool fitted() const noexcept { return item_count() > 0; }
    /// The values of labels 0 and 1.
    [[nodiscard]] const label_range& labels() const noexcept { return labels_; }

    /// Vectors whose cosines compare users, and those that compare items.
    [[nodiscard]] const user_table& user_embeddings() const noexcept { return user_factors_; }
    [[nodiscard]] const item_table& item_embeddings() const noexcept { return item_factors_; }

    /// b: what is added to every score before the sigmoid.
    [[nodiscard]] float bias() const noexcept { return bias_; }
    /// σ(score + b). @pre as `score`.
    template <class = on_use>
    [[nodiscard]] float probability(user_index user, item_index item) const noexcept {
        return 1 / (1 + std::exp(-(score(user, item) + bias_)));
    }
    /// The probability on the scale of the ratings. @pre as `score`.
    template <class = on_use>
    [[nodiscard]] float rating(user_index user, item_index item) const noexcept {
        return labels_.value(probability(user, item));
    }

    /// Trains from random embeddings.
    /// @param training epochs, batches, schedule, validation, early stopping, checkpoint
    /// @param progress told of every epoch
    /// @throws data_error, option_error, memory_budget_error, numeric_error naming epoch, batch and
    ///         learning rate, shape_error if the validation has users or items beyond the matrix,
    ///         archive_error, cancelled. Complexity: O(samples · embedding) per epoch.
    template <user_item_source Matrix, progress_observer Progress = no_progress>
    training_report fit(Matrix&& interactions, const training_options& training,
                        Progress&& progress = {}, const execution& where = {}) {
        require_trainable(interactions, type_name());
        detail::require_within(type_name(), training.validation.entries(), interactions);
        require_budget(type_name(), options_.memory_budget,
                       estimate_bytes(interactions.row_count(), interactions.column_count(),
                                      interactions.entry_count()));
        recommender_net fresh{options_};
        const training_report report = fresh.train(interactions.view(), training, progress, where);
        *this = std::move(fresh);
        return report;
    }
    template <user_item_source Matrix>
    training_report fit(Matrix&& interactions, const execution& where = {}) {
        return fit(std::forward<Matrix>(interactions), training_options{}, no_progress{}, where);
    }
    template <user_item_source Matrix, progress_observer Progress>
    training_report fit(Matrix&& interactions, Progress&& progress, const execution& where = {}) {
        return fit(std::forward<Matrix>(interactions), training_options{}, progress, where);
    }

    /// The vector of a user that the model has not seen: Adam steps on the cross-entropy of the
    /// history, items fixed, from the mean of the items, each weighted by how much more it was liked
    /// than b alone expects. A history without weights holds liked items. Deterministic.
    /// @throws data_error if the history is empty or holds no known item, shape_error for an item
    ///         beyond the model, not_fitted_error.
    template <item_history History>
    [[nodiscard]] folded_user<float> fold_in(const History& history) const {
        if (!fitted())
            throw not_fitted_error{type_name()};
        return descend(detail::samples_of(*this, history));
    }

    /// The bytes that `fit` will hold at its peak, without the caller's matrix: the embeddings, two
    /// moments, the best epoch's embeddings and the final tables, and the samples.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t = 1) const {
        return 5 * (users + items) * padded_size<float>(options_.embedding) * sizeof(float) +
               entries * sizeof(rating_sample) +
               entries * (1 + options_.negatives) * sizeof(std::uint32_t) +
               search_index::estimate_bytes(items, options_.embedding);
    }

    [[nodiscard]] static std::string type_name() { return "recommender_net"; }
    void save(archive_writer auto& archive) const {
        if (!fitted())
            throw not_fitted_error{type_name()};
        save_size(archive, "embedding", options_.embedding);
        save_size(archive, "negatives", options_.negatives);
        save_size(archive, "fold_in_steps", options_.fold_in_steps);
        save_size(archive, "memory_budget", options_.memory_budget);
        archive.write_integer("seed", static_cast<std::int64_t>(options_.seed));
        archive.write_real("initial_deviation", options_.initial_deviation);
        archive.write_real("fold_in_rate", options_.fold_in_rate);
        const float numbers[] = {options_.labels.minimum,
                                 options_.labels.maximum,
                                 labels_.minimum,
                                 labels_.maximum,
                                 weight_,
                                 bias_};
        archive.write_tensor("numbers", as_span(numbers), {6, 1});
        save_table(archive, "user_embeddings", user_factors_);
        save_table(archive, "item_embeddings", item_factors_);
    }
    [[nodiscard]] static recommender_net load(archive_reader auto& archive) {
        recommender_net_options options{
            .embedding = load_size(archive, "embedding"),
            .initial_deviation = archive.read_real("initial_deviation"),
            .negatives = load_size(archive, "negatives"),
            .fold_in_steps = load_size(archive, "fold_in_steps"),
            .fold_in_rate = archive.read_real("fold_in_rate"),
            .seed = static_cast<std::uint64_t>(archive.read_integer("seed")),
            .memory_budget = load_size(archive, "memory_budget")};
        const auto numbers = archive.template read_tensor<float>("numbers").values;
        if (numbers.size() != 6 ||
            !std::ranges::all_of(numbers, [](float value) { return std::isfinite(value); }) ||
            numbers[3] < numbers[2])
            archive.refuse("numbers", "expected six finite numbers, two ranges first");
        options.labels = {numbers[0], numbers[1]};
        auto model = model_with<recommender_net>(archive, options);
        model.labels_ = {numbers[2], numbers[3]};
        model.weight_ = numbers[4];
        model.bias_ = numbers[5];
        model.user_factors_ =
            load_table<user_index, float>(archive, "user_embeddings", options.embedding);
        model.item_factors_ =
            load_table<item_index, float>(archive, "item_embeddings", options.embedding);
        model.update_norms();
        return model;
    }

    friend bool operator==(const recommender_net& left, const recommender_net& right) {
        return left.options_ == right.options_ && left.labels_ == right.labels_ &&
               left.weight_ == right.weight_ && left.bias_ == right.bias_ &&
               left.user_factors_ == right.user_factors_ &&
               left.item_factors_ == right.item_factors_;
    }

  private:
    template <class Entries, class Progress>
    training_report train(const Entries& entries, const training_options& training,
                          Progress& progress, const execution& where) {
        labels_ = detail::labels_of(entries, options_.labels);
        const rating_samples samples{entries, labels_, options_.negatives, training.seed};
        const rating_samples held_out{training.validation.entries(), labels_, options_.negatives,
                                      training.seed + 1, &samples};
        cosine_network<float> network{entries.row_count(), entries.column_count(),
                                      options_.embedding, options_.initial_deviation,
                                      options_.seed};
        const training_report report =
            neural::train(network, adam{}, samples, held_out.size() > 0 ? &held_out : nullptr,
                          training, type_name(), progress, where);
        publish(network, entries);
        return report;
    }

    /// Fills the tables with w·x̂ of users and ŷ of items that have entries.
    template <class Entries>
    void publish(const cosine_network<float>& network, const Entries& entries) {
        weight_ = network.weight();
        bias_ = network.bias();
        user_factors_ = user_table(entries.row_count(), options_.embedding);
        item_factors_ = item_table(entries.column_count(), options_.embedding);
        std::vector<bool> has_entries(entries.column_count());
        for (const item_index item : entries.columns())
            has_entries[item.value()] = true;
        const std::size_t size = user_factors_.stride();
        const auto normalize = [&](const float* from, float by, float* to) {
            by *= inverse_length(from, size);
            if (!std::isfinite(by))
                fail<numeric_error>({"recommender_net: the embeddings are not finite; expected a "
                                     "smaller learning_rate, or a clip_length"});
            simd::scale(by, from, to, size);
        };
        for (std::size_t user = 0; user < user_count(); ++user)
            if (!entries.row(user_index(user)).columns().empty())
                normalize(network.users().row(user), weight_,
                          user_factors_.padded_row(user_index(user)));
        for (std::size_t item = 0; item < item_count(); ++item)
            if (has_entries[item])
                normalize(network.items().row(item), 1, item_factors_.padded_row(item_index(item)));
        update_norms();
    }

    template <class = on_use>
    [[nodiscard]] folded_user<float> descend(const std::vector<rating_sample>& liked) const {
        const std::size_t size = item_factors_.stride();
        folded_user<float> user{options_.embedding};
        float* const x = user.data();
        const auto vector = [this](const rating_sample& each) {
            return item_factors_.padded_row(item_index(each.item));
        };
        aligned_vector<float> gradient(size), first(size), second(size);
        // From −Σ ∂loss/∂cos·y at cos = 0, or the items' mean if nothing is liked more than expected.
        const float expected = 1 / (1 + std::exp(-bias_));
        for (const rating_sample& each : liked)
            simd::axpy(weight_ * (each.label - expected), vector(each), x, size);
        if (simd::dot(x, x, size) == 0)
            for (const rating_sample& each : liked)
                simd::axpy(weight_, vector(each), x, size);
        simd::scale(inverse_length(x, size), x, x, size);
        for (std::size_t step = 1; step <= options_.fold_in_steps; ++step) {
            const float by_x = inverse_length(x, size);
            std::fill(gradient.begin(), gradient.end(), 0.0F);
            float own = 0;
            for (const rating_sample& each : liked) {
                const float* const y = vector(each);
                const float cosine = simd::dot(x, y, size) * by_x;
                const float slope =
                    weight_ *
                    binary_cross_entropy_with_logits::slope(weight_ * cosine + bias_, each.label) /
                    static_cast<float>(liked.size());
                own += slope * cosine;
                simd::axpy(slope, y, gradient.data(), size);
            }
            simd::axpy(-own * by_x, x, gradient.data(), size);
            simd::scale(by_x, gradient.data(), gradient.data(), size);
            adam{}.step<float>(options_.fold_in_rate, step)(x, gradient.data(),
                                                            {first.data(), second.data()}, size);
        }
        simd::scale(weight_ * inverse_length(x, size), x, x, size);
        return user;
    }

    recommender_net_options options_;
    label_range labels_; // of the data, unless options say otherwise
    float weight_ = 0;
    float bias_ = 0;
};

} // namespace hybrec::neural
