// SPDX-License-Identifier: MIT
/// @file
/// What all models share that are a network over ids and features of users and items.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/network_bytes.hpp>
#include <hybrec/neural/detail/network_fold_in.hpp>
#include <hybrec/neural/detail/rating_model.hpp>
#include <hybrec/neural/detail/trained_network.hpp>
#include <hybrec/neural/feature_fields.hpp>
#include <hybrec/neural/feature_samples.hpp>
#include <hybrec/neural/optimizer.hpp>
#include <hybrec/neural/prepared_rows.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/neural/side_description.hpp>
#include <hybrec/neural/trainer.hpp>
#include <hybrec/neural/training.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/sparse/require_trainable.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec::neural {

/// A user that a network was not trained on: what it computed of the user's history and features.
struct folded_network_user {
    prepared_rows<float> rows;

    friend bool operator==(const folded_network_user& left, const folded_network_user& right) {
        return left.rows.vectors == right.rows.vectors && left.rows.hidden == right.rows.hidden &&
               left.rows.rest == right.rows.rest && left.rows.tokens == right.rows.tokens;
    }
};

/// A model that is a `feature_network` over users and items, each looked up by its id and by the
/// categories of its fields. Base class; `Model` adds a name.
///
/// Scores are logits: σ(score) is the probability of a like. Items without entries, and users, are
/// scored by their features, with the id of all who are unknown; without features they are not known,
/// and not recommended. What depends on an item alone is computed once, after training; what depends on
/// the user, once per request. Results have the same bits for any number of threads. Const calls are
/// thread-safe. If a call throws, the model is what it was before.
template <class Model, class Options, class Network>
class feature_network_model {
  public:
    using score_type = float;
    using user_table = factor_table<user_index, float>;
    using item_table = factor_table<item_index, float>;
    static constexpr score_kind kind = score_kind::preference;

    /// @throws option_error naming the field, its value and the valid range.
    explicit feature_network_model(Options options = {}) : options_{options} { validate(options); }

    [[nodiscard]] const Options& options() const noexcept { return options_; }
    [[nodiscard]] bool fitted() const noexcept { return item_count() > 0; }
    [[nodiscard]] std::size_t user_count() const noexcept { return trained_.users().size(); }
    [[nodiscard]] std::size_t item_count() const noexcept { return trained_.items().size(); }
    /// The values of labels 0 and 1.
    [[nodiscard]] const label_range& labels() const noexcept { return labels_; }
    [[nodiscard]] const Network& network() const noexcept { return trained_.network(); }

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

    /// Whether the model has a basis to recommend to `user`; false for an index beyond its users.
    [[nodiscard]] bool knows(user_index user) const noexcept {
        return user.value() < user_count() && trained_.users().knows(user.value());
    }
    [[nodiscard]] bool knows(item_index item) const noexcept {
        return item.value() < item_count() && trained_.items().knows(item.value());
    }

    /// Scores `items` for `user`; writes one logit per item, higher is better.
    /// @pre  `user` is below `user_count()`, every item below `item_count()`;
    ///       `items.size() == out.size()`.
    /// Allocates at a thread's first call only.
    void score(user_index user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        trained_.prepare_user(user, *memory);
        trained_.score(memory->user, items, out, *memory);
    }
    void score(const folded_network_user& user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        trained_.score(user.rows, items, out, *memory);
    }
    /// Scores all items: see `catalogue_scorer`.
    void score_all(user_index user, std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        trained_.prepare_user(user, *memory);
        trained_.score_all(memory->user, out, *memory);
    }
    void score_all(const folded_network_user& user, std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        trained_.score_all(user.rows, out, *memory);
    }
    /// As above, for one user who waits: threads share the items. The bits do not depend on them.
    /// @throws cancelled
    void score(user_index user, std::span<const item_index> items, std::span<float> out,
               const execution& where) const {
        borrowed<scoring_memory> memory;
        trained_.prepare_user(user, *memory);
        trained_.score(memory->user, items, out, *memory, &where);
    }
    void score_all(user_index user, std::span<float> out, const execution& where) const {
        borrowed<scoring_memory> memory;
        trained_.prepare_user(user, *memory);
        trained_.score_all(memory->user, out, *memory, &where);
    }
    [[nodiscard]] float score(user_index user, item_index item) const noexcept {
        float out = 0;
        score(user, {&item, 1}, {&out, 1});
        return out;
    }
    /// How likely the user likes the item: σ(score). @pre as `score`.
    [[nodiscard]] float probability(user_index user, item_index item) const noexcept {
        return 1 / (1 + std::exp(-score(user, item)));
    }
    /// The probability on the scale of the ratings. @pre as `score`.
    [[nodiscard]] float rating(user_index user, item_index item) const noexcept {
        return labels_.value(probability(user, item));
    }

    /// At most `n` items that are known and that `filter` admits, best first. Empty for a user that is
    /// not known. @throws shape_error if `user` is not below `user_count()`.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, result, filter));
        return result;
    }
    /// The same for one user who waits: threads share the items. The ranking does not depend on them.
    /// @throws shape_error as above, cancelled.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index>
    recommend(user_index user, std::size_t n, const Filter& filter, const execution& where) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(select(user, result, filter, &where));
        return result;
    }
    /// As `recommend`, into the caller's memory, at most `out.size()` items; returns how many there
    /// are. Allocates at a thread's first call only.
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        return select(user, out, filter, nullptr);
    }
    /// Recommends to a user that the model was not trained on.
    /// @throws shape_error if the user was folded in by a model of another shape.
    template <index_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(const folded_network_user& user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, result, filter));
        return result;
    }
    template <index_filter Filter = unfiltered>
    std::size_t recommend_into(const folded_network_user& user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        if (!trained_.fits(user.rows))
            throw shape_error{Model::type_name() +
                              ": the user was folded in by a model of another shape"};
        borrowed<scoring_memory> memory;
        return trained_.select(user.rows, out, index_admission<Filter, item_index>{filter},
                               *memory);
    }
    /// The rankings of `users`, in the order given; each has the bits of `recommend`.
    /// @throws shape_error as `recommend`, cancelled.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] rankings<item_index> recommend_all(std::span<const user_index> users,
                                                     std::size_t n, const Filter& filter = {},
                                                     const execution& where = {}) const {
        for (const user_index user : users)
            require_below(user, user_count(), "user");
        rankings<item_index> result{users.size(), std::min(n, item_count())};
        where.threads().for_chunks(
            users.size(), 4,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t at = begin; at < end; ++at)
                    result.set_size(at, recommend_into(users[at], result.buffer(at), filter));
            },
            where.stop);
        return result;
    }
    /// The rankings of all users, in their order.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] rankings<item_index> recommend_all(std::size_t n, const Filter& filter = {},
                                                     const execution& where = {}) const {
        std::vector<user_index> users(user_count());
        for (std::size_t user = 0; user < users.size(); ++user)
            users[user] = user_index(user);
        return recommend_all(users, n, filter, where);
    }

    /// What stands for users and items in likeness: the sums of the vectors of their fields, so that
    /// items without entries resemble others by their features. Zero for what is not known.
    [[nodiscard]] const user_table& user_factors() const noexcept {
        return trained_.similar_users().table();
    }
    [[nodiscard]] const item_table& item_factors() const noexcept {
        return trained_.similar_items().table();
    }
    /// The `n` items most like `item` by cosine, without itself. Empty if it is not known.
    /// @throws shape_error if `item` is not below `item_count()`.
    template <index_filter<item_index> Filter = unfiltered>
    [[nodiscard]] ranking<item_index> similar_items(item_index item, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(item, item_count(), "item");
        return trained_.similar_items().nearest(item, n, filter);
    }
    /// The same of users.
    template <index_filter<user_index> Filter = unfiltered>
    [[nodiscard]] ranking<user_index> similar_users(user_index user, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        return trained_.similar_users().nearest(user, n, filter);
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
        archive.write_tensor("labels", std::span<const float>{numbers}, {4, 1});
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
        model.trained_ = trained_type::load(archive, Model::type_name(), options);
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

    using trained_type = detail::trained_network<Network>;
    using scoring_memory = typename trained_type::memory;
    [[nodiscard]] const trained_type& trained() const noexcept { return trained_; }

  private:
    template <known_user_filter Filter>
    std::size_t select(user_index user, std::span<scored_item> out, const Filter& filter,
                       const execution* where) const {
        require_below(user, user_count(), "user");
        if (!knows(user))
            return 0;
        borrowed<scoring_memory> memory;
        trained_.prepare_user(user, *memory);
        return trained_.select(memory->user, out, user_admission<Filter>{filter, user}, *memory,
                               where);
    }

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
        if (!fitted())
            throw not_fitted_error{Model::type_name()};
    }
    void require_features(std::span<const sparse_row<feature_index, float>> features) const {
        const auto& fields = trained_.users().fields();
        if (features.size() > fields.size())
            throw shape_error{Model::type_name() + ": there are features of " +
                              std::to_string(features.size()) + " fields; the model has " +
                              std::to_string(fields.size()) + " of users"};
        for (std::size_t field = 0; field < features.size(); ++field)
            for (const feature_index category : features[field].columns())
                require_below(category, fields[field].column_count(), "category");
    }

    Options options_;
    label_range labels_; // of the data, unless options say otherwise
    trained_type trained_;
};

} // namespace hybrec::neural
