// SPDX-License-Identifier: MIT
/// @file
/// What all models share that are a network over ids and features of users and items.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/network_bytes.hpp>
#include <hybrec/neural/detail/network_fold_in.hpp>
#include <hybrec/neural/detail/rating_model.hpp>
#include <hybrec/neural/feature_fields.hpp>
#include <hybrec/neural/feature_samples.hpp>
#include <hybrec/neural/models/feature_network_recommender.hpp>
#include <hybrec/neural/optimizer.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/neural/side_description.hpp>
#include <hybrec/neural/trainer.hpp>
#include <hybrec/neural/training.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/sparse/require_trainable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace hybrec::neural {

/// A model that is a `feature_network` over users and items, each looked up by its id and by the
/// categories of its fields: how it is trained, folds in, saves and loads. Base class; `Model` adds a
/// name. What it answers is in `feature_network_recommender`.
///
/// Results have the same bits for any number of threads. Const calls are thread-safe. If a call throws,
/// the model is what it was before.
template <class Model, class Options, class Network>
class feature_network_model : public feature_network_recommender<Model, Network> {
    using base = feature_network_recommender<Model, Network>;

  public:
    /// @throws option_error naming the field, its value and the valid range.
    explicit feature_network_model(Options options = {}) : options_{options} { validate(options); }

    [[nodiscard]] const Options& options() const noexcept { return options_; }

    /// Trains from random vectors and weights by AdamW on the binary cross-entropy; of vectors it moves,
    /// and shrinks, those that a batch touches.
    /// @param fields   what describes users and items
    /// @param training epochs, batches, schedule, validation, early stopping, checkpoint
    /// @param progress told of every epoch
    /// @throws data_error, option_error, memory_budget_error, numeric_error naming epoch, batch and
    ///         learning rate, shape_error if fields or validation do not fit the matrix,
    ///         archive_error, cancelled. Complexity: O(samples · weights of the network) per epoch.
    template <user_item_source Matrix, progress_observer Progress = no_progress>
    training_report fit(Matrix&& interactions, const feature_fields& fields,
                        const training_options& training, Progress&& progress = {},
                        const execution& where = {}) {
        require_trainable(interactions, Model::type_name());
        const std::size_t users = interactions.row_count(), items = interactions.column_count();
        require_fields(fields, users, items, Model::type_name());
        detail::require_within(Model::type_name(), training.validation.entries(), interactions);
        require_budget(Model::type_name(), options_.memory_budget,
                       estimate_bytes(users, items, interactions.entry_count()) +
                           detail::field_bytes(fields, options_.embedding));
        Model fresh{options_};
        const training_report report =
            fresh.train(interactions.view(), fields, training, progress, where);
        static_cast<Model&>(*this) = std::move(fresh);
        return report;
    }
    template <user_item_source Matrix>
    training_report fit(Matrix&& interactions, const feature_fields& fields,
                        const execution& where = {}) {
        return fit(std::forward<Matrix>(interactions), fields, training_options{}, no_progress{},
                   where);
    }
    template <user_item_source Matrix, progress_observer Progress = no_progress>
    training_report fit(Matrix&& interactions, const training_options& training,
                        Progress&& progress = {}, const execution& where = {}) {
        return fit(std::forward<Matrix>(interactions), feature_fields{}, training, progress, where);
    }
    template <user_item_source Matrix>
    training_report fit(Matrix&& interactions, const execution& where = {}) {
        return fit(std::forward<Matrix>(interactions), feature_fields{}, where);
    }
    template <user_item_source Matrix, progress_observer Progress>
    training_report fit(Matrix&& interactions, Progress&& progress, const execution& where = {}) {
        return fit(std::forward<Matrix>(interactions), feature_fields{}, training_options{},
                   progress, where);
    }

    /// A user that the model has not seen: Adam steps of the user's id vector on the cross-entropy of
    /// the history and of `negatives` other known items for each of its items, drawn anew in every
    /// step; all else stays as it is. From the vector of unknown users. Deterministic.
    /// @param history  a history without weights holds liked items
    /// @param features of the user, one row for each field of users, or none
    /// @throws data_error if the history is empty or holds no known item, shape_error for an item, a
    ///         field or a category beyond the model, not_fitted_error.
    template <item_history History>
    [[nodiscard]] folded_network_user
    fold_in(const History& history,
            std::span<const sparse_row<feature_index, float>> features = {}) const {
        require_fitted();
        std::vector<rating_sample> liked =
            detail::samples_of(static_cast<const Model&>(*this), history);
        require_features(features);
        detail::network_fold_in<Network> user{trained_, features};
        user.descend(std::move(liked), options_);
        return {user.user()};
    }
    /// A user of whom only features are known.
    /// @throws shape_error for a field or a category beyond the model, not_fitted_error.
    [[nodiscard]] folded_network_user
    fold_in_features(std::span<const sparse_row<feature_index, float>> features) const {
        require_fitted();
        require_features(features);
        return {detail::network_fold_in<Network>{trained_, features}.user()};
    }

    /// The bytes that `fit` will hold at its peak besides the fields and their vectors, without the
    /// caller's matrix, for batches of 10,000: the tables with two moments and the best epoch's, what
    /// is prepared of items, the samples, and the values of a batch.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t = 1) const {
        return detail::network_bytes(options_, users, items, entries,
                                     Model::extra_values(options_));
    }
    /// What a model has beyond its tables and tower, in values.
    [[nodiscard]] static std::size_t extra_values(const Options&) noexcept { return 0; }

    void save(archive_writer auto& archive) const {
        require_fitted();
        save_options(archive, options_);
        const float numbers[] = {options_.labels.minimum, options_.labels.maximum, labels_.minimum,
                                 labels_.maximum};
        archive.write_tensor("labels", as_span(numbers), {4, 1});
        trained_.save(archive);
    }
    [[nodiscard]] static Model load(archive_reader auto& archive) {
        auto options = load_options<Options>(archive);
        const auto numbers = archive.template read_tensor<float>("labels").values;
        if (numbers.size() != 4 ||
            !std::ranges::all_of(numbers, [](float value) { return std::isfinite(value); }) ||
            numbers[3] < numbers[2])
            archive.refuse("labels", "expected four finite numbers, two ranges");
        options.labels = {numbers[0], numbers[1]};
        Model model = model_with<Model>(archive, options);
        model.labels_ = {numbers[2], numbers[3]};
        model.trained_ = base::trained_type::load(archive, Model::type_name(), options);
        return model;
    }

    friend bool operator==(const Model& left, const Model& right) {
        return left.options_ == right.options_ && left.labels_ == right.labels_ &&
               left.trained_ == right.trained_;
    }

  protected:
    ~feature_network_model() = default;
    feature_network_model(const feature_network_model&) = default;
    feature_network_model(feature_network_model&&) noexcept = default;
    feature_network_model& operator=(const feature_network_model&) = default;
    feature_network_model& operator=(feature_network_model&&) noexcept = default;

  private:
    template <class Entries, class Progress>
    training_report train(const Entries& entries, const feature_fields& fields,
                          const training_options& training, Progress& progress,
                          const execution& where) {
        labels_ = detail::labels_of(entries, options_.labels);
        std::vector<std::uint8_t> user_acts(entries.row_count()), item_acts(entries.column_count());
        for (std::size_t user = 0; user < user_acts.size(); ++user)
            user_acts[user] = !entries.row(user_index(user)).columns().empty();
        for (const item_index item : entries.columns())
            item_acts[item.value()] = 1;
        feature_samples::user_side users{std::move(user_acts), fields.users};
        feature_samples::item_side items{std::move(item_acts), fields.items};
        const feature_samples samples{
            rating_samples{entries, labels_, options_.negatives, training.seed}, users, items,
            options_.id_dropout, training.seed};
        const feature_samples held_out{rating_samples{training.validation.entries(), labels_,
                                                      options_.negatives, training.seed + 1,
                                                      &samples.ratings()},
                                       users, items};
        Network network{users, items, options_};
        const training_report report =
            neural::train(network, adam{.weight_decay = options_.weight_decay}, samples,
                          held_out.size() > 0 ? &held_out : nullptr, training, Model::type_name(),
                          progress, where);
        trained_ = {Model::type_name(), std::move(users), std::move(items), std::move(network),
                    where};
        return report;
    }

    void require_fitted() const {
        if (!this->fitted())
            throw not_fitted_error{Model::type_name()};
    }
    void require_features(std::span<const sparse_row<feature_index, float>> features) const {
        const auto& fields = trained_.users().fields();
        if (features.size() > fields.size())
            fail<shape_error>({Model::type_name(), ": there are features of ", features.size(),
                               " fields; the model has ", fields.size(), " of users"});
        for (std::size_t field = 0; field < features.size(); ++field)
            for (const feature_index category : features[field].columns())
                require_below(category, fields[field].column_count(), "category");
    }

    using base::labels_;
    using base::trained_;

    Options options_;
};

} // namespace hybrec::neural
