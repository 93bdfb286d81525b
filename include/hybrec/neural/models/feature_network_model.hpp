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
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/option_checks.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/checkpoint.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/feature_fields.hpp>
#include <hybrec/neural/feature_network.hpp>
#include <hybrec/neural/feature_samples.hpp>
#include <hybrec/neural/field_encoder.hpp>
#include <hybrec/neural/loss.hpp>
#include <hybrec/neural/optimizer.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/neural/side_description.hpp>
#include <hybrec/neural/tower_scorer.hpp>
#include <hybrec/neural/trainer.hpp>
#include <hybrec/neural/training.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/embedding_index.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/select_scored.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/require_trainable.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec::neural {

/// The options that all these models have, but the labels.
template <class Options, class Visit>
void for_each_feature_option(Options& options, Visit&& visit) {
    visit("embedding", options.embedding);
    for (std::size_t layer = 0; layer < options.hidden.size(); ++layer)
        visit("hidden_" + std::to_string(layer), options.hidden[layer]);
    visit("dropout", options.dropout);
    visit("id_dropout", options.id_dropout);
    visit("initial_deviation", options.initial_deviation);
    visit("negatives", options.negatives);
    visit("fold_in_steps", options.fold_in_steps);
    visit("fold_in_rate", options.fold_in_rate);
    visit("seed", options.seed);
    visit("memory_budget", options.memory_budget);
}
/// @throws option_error in the name of `owner`.
template <class Use, class Options>
void check_feature_options(std::string_view owner, const Options& options) {
    const option_checks<Use> check{owner};
    check.between("embedding", options.embedding, 1, 2048);
    for (const std::size_t width : options.hidden)
        check.between("hidden", width, 1, 65536);
    check.fraction("dropout", options.dropout);
    check.fraction("id_dropout", options.id_dropout);
    check.above_zero("initial_deviation", options.initial_deviation);
    require_option(std::isfinite(options.labels.minimum) && std::isfinite(options.labels.maximum) &&
                       options.labels.maximum >= options.labels.minimum,
                   owner, "labels.maximum", static_cast<double>(options.labels.maximum),
                   "a finite number of at least labels.minimum");
    check.at_least_one("fold_in_steps", options.fold_in_steps);
    check.above_zero("fold_in_rate", options.fold_in_rate);
}

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
    [[nodiscard]] bool fitted() const noexcept { return items_.size() > 0; }
    [[nodiscard]] std::size_t user_count() const noexcept { return users_.size(); }
    [[nodiscard]] std::size_t item_count() const noexcept { return items_.size(); }
    /// The values of labels 0 and 1.
    [[nodiscard]] const label_range& labels() const noexcept { return labels_; }
    [[nodiscard]] const Network& network() const noexcept { return network_; }

    /// Trains from random vectors and weights by Adam on the binary cross-entropy.
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
        const auto& held_out = training.validation.entries();
        if (held_out.row_count() > users || held_out.column_count() > items)
            throw shape_error{Model::type_name() + ": the validation has " +
                              std::to_string(held_out.row_count()) + " users and " +
                              std::to_string(held_out.column_count()) +
                              " items; expected at most the " + std::to_string(users) + " and " +
                              std::to_string(items) + " of the matrix"};
        require_budget(Model::type_name(), options_.memory_budget,
                       estimate_bytes(users, items, interactions.entry_count()) +
                           field_bytes(fields));
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
        return user.value() < user_count() && users_.knows(user.value());
    }
    [[nodiscard]] bool knows(item_index item) const noexcept {
        return item.value() < item_count() && items_.knows(item.value());
    }

    /// Scores `items` for `user`; writes one logit per item, higher is better.
    /// @pre  `user` is below `user_count()`, every item below `item_count()`;
    ///       `items.size() == out.size()`.
    /// Allocates at a thread's first call only.
    void score(user_index user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        prepare(user, *memory);
        score_some(memory->user, items, out, *memory);
    }
    void score(const folded_network_user& user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        score_some(user.rows, items, out, *memory);
    }
    /// Scores all items: see `catalogue_scorer`.
    void score_all(user_index user, std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        prepare(user, *memory);
        score_every(memory->user, out, *memory);
    }
    void score_all(const folded_network_user& user, std::span<float> out) const noexcept {
        borrowed<scoring_memory> memory;
        score_every(user.rows, out, *memory);
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
    /// As `recommend`, into the caller's memory, at most `out.size()` items; returns how many there
    /// are. Allocates at a thread's first call only.
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        if (!knows(user))
            return 0;
        borrowed<scoring_memory> memory;
        prepare(user, *memory);
        return select(memory->user, out, user_admission<Filter>{filter, user}, *memory);
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
        if (user.rows.vectors.columns() != prepared_.vectors.columns() ||
            user.rows.hidden.columns() != network_.deep().first_width())
            throw shape_error{Model::type_name() +
                              ": the user was folded in by a model of another shape"};
        borrowed<scoring_memory> memory;
        return select(user.rows, out, index_admission<Filter, item_index>{filter}, *memory);
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
    [[nodiscard]] const user_table& user_factors() const noexcept { return user_index_.table(); }
    [[nodiscard]] const item_table& item_factors() const noexcept { return item_index_.table(); }
    /// The `n` items most like `item` by cosine, without itself. Empty if it is not known.
    /// @throws shape_error if `item` is not below `item_count()`.
    template <index_filter<item_index> Filter = unfiltered>
    [[nodiscard]] ranking<item_index> similar_items(item_index item, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(item, item_count(), "item");
        return item_index_.nearest(item, n, filter);
    }
    /// The same of users.
    template <index_filter<user_index> Filter = unfiltered>
    [[nodiscard]] ranking<user_index> similar_users(user_index user, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        return user_index_.nearest(user, n, filter);
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
        using entry = std::remove_cvref_t<std::ranges::range_reference_t<const History&>>;
        const history_row<item_index, float> row{history, item_count()};
        std::vector<rating_sample> liked;
        for (const auto [item, value] : row.view())
            if (knows(item))
                liked.push_back({0, item.value(),
                                 std::same_as<entry, item_index> ? 1.0F : labels_.label(value)});
        if (liked.empty())
            throw data_error{Model::type_name() +
                             ": the history holds no item that the model knows; recommend from a "
                             "fallback instead, for example popularity"};
        return descend(std::move(liked), features);
    }
    /// A user of whom only features are known.
    /// @throws shape_error for a field or a category beyond the model, not_fitted_error.
    [[nodiscard]] folded_network_user
    fold_in_features(std::span<const sparse_row<feature_index, float>> features) const {
        require_fitted();
        scoring_memory memory;
        describe(features, memory);
        network_.prepare_users(memory.side, memory.vectors, memory.user, memory.pass, alone());
        return {memory.user};
    }

    /// The bytes that `fit` will hold at its peak besides the fields and their vectors, without the
    /// caller's matrix, for batches of 10,000: the tables with two moments and the best epoch's, what
    /// is prepared of items, the samples, and the values of a batch.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t = 1) const {
        const std::size_t padded = padded_size<float>(options_.embedding);
        std::size_t widths = 2 * padded, weights = 0, before = 2 * padded;
        for (const std::size_t width : options_.hidden) {
            widths += padded_size<float>(width);
            weights += before * padded_size<float>(width);
            before = width;
        }
        return sizeof(float) *
                   (5 * ((users + items) * (padded + 16) + weights) + (users + items) * padded * 2 +
                    items * (padded + padded_size<float>(options_.hidden[0]) + 16) +
                    10'000 * 4 * widths + Model::extra_values(options_)) +
               entries * sizeof(rating_sample) +
               entries * (1 + options_.negatives) * sizeof(std::uint32_t);
    }
    /// What a model has beyond its tables and tower, in values.
    [[nodiscard]] static std::size_t extra_values(const Options&) noexcept { return 0; }

    void save(archive_writer auto& archive) const {
        require_fitted();
        save_options(archive, options_);
        const float numbers[] = {options_.labels.minimum, options_.labels.maximum, labels_.minimum,
                                 labels_.maximum};
        archive.write_tensor("labels", std::span<const float>{numbers}, {4, 1});
        users_.save(archive, "user");
        items_.save(archive, "item");
        std::size_t number = 0;
        for_each_value(network_, [&](const auto& value) {
            save_matrix(archive, "parameter_" + std::to_string(number++), value);
        });
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
        model.users_ = user_side::load(archive, "user");
        model.items_ = item_side::load(archive, "item");
        if (!model.fitted())
            archive.refuse("items", "expected at least 1");
        model.network_ = Network{model.users_, model.items_, options};
        std::size_t number = 0;
        for_each_value(model.network_, [&](auto& value) {
            const std::string name = "parameter_" + std::to_string(number++);
            load_matrix(archive, name, value);
            if (!is_finite(value))
                archive.refuse(name, "it holds a value that is not finite");
        });
        model.publish({});
        return model;
    }

    friend bool operator==(const Model& left, const Model& right) {
        std::vector<const matrix<float>*> values;
        for_each_value(left.network_, [&](const auto& value) { values.push_back(&value); });
        std::size_t number = 0;
        bool same = left.options_ == right.options_ && left.labels_ == right.labels_ &&
                    left.users_ == right.users_ && left.items_ == right.items_;
        for_each_value(right.network_, [&](const auto& value) {
            same = same && number < values.size() && *values[number] == value;
            ++number;
        });
        return same && number == values.size();
    }

  protected:
    ~feature_network_model() = default;
    feature_network_model(const feature_network_model&) = default;
    feature_network_model(feature_network_model&&) noexcept = default;
    feature_network_model& operator=(const feature_network_model&) = default;
    feature_network_model& operator=(feature_network_model&&) noexcept = default;

    using user_side = feature_samples::user_side;
    using item_side = feature_samples::item_side;

    using side_type =
        std::remove_cvref_t<decltype(std::declval<const Network&>().encoder().users())>;

    /// Memory of a request.
    struct scoring_memory {
        prepared_rows<float> user;
        batch_side<float> side;
        matrix<float> vectors;
        typename side_type::workspace rows;
        typename Network::workspace pass;
        typename tower_scorer<float>::workspace tower;
        matrix<float> hidden;
        aligned_vector<float> scores;
    };

    void require_fitted() const {
        if (!fitted())
            throw not_fitted_error{Model::type_name()};
    }
    /// For work that is too small to share.
    [[nodiscard]] static execution alone() noexcept {
        static thread_pool pool{1};
        return {.pool = &pool};
    }

    /// Computes what depends on the user alone.
    void prepare(user_index user, scoring_memory& memory) const {
        memory.side.describe_row(users_, user);
        encode_user(memory);
        network_.prepare_users(memory.side, memory.vectors, memory.user, memory.pass, alone());
    }

    const prepared_rows<float>& prepared_items() const noexcept { return prepared_; }
    const Network& trained() const noexcept { return network_; }

  private:
    template <class Entries, class Progress>
    training_report train(const Entries& entries, const feature_fields& fields,
                          const training_options& training, Progress& progress,
                          const execution& where) {
        labels_ = options_.labels;
        if (labels_.minimum == labels_.maximum) {
            const auto [least, most] = std::ranges::minmax(entries.values());
            labels_ = {static_cast<float>(least), static_cast<float>(most)};
        }
        std::vector<std::uint8_t> user_acts(entries.row_count()), item_acts(entries.column_count());
        for (std::size_t user = 0; user < user_acts.size(); ++user)
            user_acts[user] = !entries.row(user_index(user)).columns().empty();
        for (const item_index item : entries.columns())
            item_acts[item.value()] = 1;
        users_ = user_side{std::move(user_acts), fields.users};
        items_ = item_side{std::move(item_acts), fields.items};
        const feature_samples samples{
            rating_samples{entries, labels_, options_.negatives, training.seed}, users_, items_,
            options_.id_dropout, training.seed};
        const feature_samples held_out{rating_samples{training.validation.entries(), labels_,
                                                      options_.negatives, training.seed + 1,
                                                      &samples.ratings()},
                                       users_, items_};
        network_ = Network{users_, items_, options_};
        const training_report report =
            neural::train(network_, adam{}, samples, held_out.size() > 0 ? &held_out : nullptr,
                          training, Model::type_name(), progress, where);
        publish(where);
        return report;
    }

    /// Computes what depends on items alone, and the vectors by which likeness is told.
    template <class = on_use>
    void publish(const execution& where) {
        scorer_ = tower_scorer<float>{network_.deep()};
        item_table item_vectors(item_count(), options_.embedding);
        user_table user_vectors(user_count(), options_.embedding);
        prepared_ = {};
        for_each_block(items_, network_.encoder().items(), where,
                       [&](scoring_memory& memory, std::size_t first) {
                           network_.prepare_items(memory.side, memory.vectors, memory.user,
                                                  memory.pass, where);
                           keep(memory.user, first);
                           copy_known(items_, memory.user.vectors, first, item_vectors);
                       });
        for_each_block(users_, network_.encoder().users(), where,
                       [&](scoring_memory& memory, std::size_t first) {
                           network_.prepare_users(memory.side, memory.vectors, memory.user,
                                                  memory.pass, where);
                           copy_known(users_, memory.user.vectors, first, user_vectors);
                           require_finite(memory.user);
                       });
        require_finite(prepared_);
        user_index_ = embedding_index{std::move(user_vectors)};
        item_index_ = embedding_index{std::move(item_vectors)};
        unknown_items_.clear();
        for (std::uint32_t item = 0; item < item_count(); ++item)
            if (!items_.knows(item))
                unknown_items_.push_back(item);
    }

    /// Calls `body(memory, first)` for blocks of rows, with their categories and vectors in `memory`.
    template <class Side, class Encoder, class Body>
    static void for_each_block(const Side& side, const Encoder& encoder, const execution& where,
                               Body&& body) {
        constexpr std::size_t most = 4096; // at a time, for the memory
        scoring_memory memory;
        for (std::size_t first = 0; first < side.size(); first += most) {
            memory.side.describe(side, first, std::min(most, side.size() - first));
            memory.vectors.resize(memory.side.size(), encoder.outputs());
            encoder.apply(memory.side, memory.vectors, 0, memory.rows, where);
            body(memory, first);
        }
    }
    /// Puts a block of items at its place.
    void keep(const prepared_rows<float>& block, std::size_t first) {
        const auto put = [&](const matrix<float>& from, matrix<float>& to) {
            if (first == 0)
                to = matrix<float>(from.columns() == 0 ? 0 : item_count(), from.columns());
            if (from.columns() != 0)
                std::copy_n(from.data(), from.size(), to.row(first));
        };
        put(block.vectors, prepared_.vectors);
        put(block.hidden, prepared_.hidden);
        put(block.rest, prepared_.rest);
        put(block.tokens, prepared_.tokens);
        prepared_.shared = block.shared;
        prepared_.keys.append(block.keys);
    }
    template <class Side, class Table>
    static void copy_known(const Side& side, const matrix<float>& vectors, std::size_t first,
                           Table& table) {
        using index = typename Table::index_type;
        for (std::size_t row = 0; row < vectors.rows(); ++row)
            if (side.knows(static_cast<std::uint32_t>(first + row)))
                std::copy_n(vectors.row(row), vectors.columns(),
                            table.row(index(first + row)).begin());
    }
    static void require_finite(const prepared_rows<float>& rows) {
        for (const auto* each : {&rows.vectors, &rows.hidden, &rows.rest, &rows.tokens})
            if (!is_finite(*each))
                throw numeric_error{Model::type_name() +
                                    ": the weights are not finite; expected a smaller "
                                    "learning_rate, or a clip_length"};
    }

    void encode_user(scoring_memory& memory) const {
        const auto& encoder = network_.encoder().users();
        memory.vectors.resize(1, encoder.outputs());
        encoder.apply(memory.side, memory.vectors, 0, memory.rows, alone());
    }
    void describe(std::span<const sparse_row<feature_index, float>> features,
                  scoring_memory& memory) const {
        if (features.size() > users_.fields().size())
            throw shape_error{Model::type_name() + ": there are features of " +
                              std::to_string(features.size()) + " fields; the model has " +
                              std::to_string(users_.fields().size()) + " of users"};
        for (std::size_t field = 0; field < features.size(); ++field)
            for (const feature_index category : features[field].columns())
                require_below(category, users_.fields()[field].column_count(), "category");
        memory.side.describe_unknown(users_, features);
        encode_user(memory);
    }

    /// Scores the items that `item(k)` names, for k from 0 on.
    template <class Item>
    void score_rows(const prepared_rows<float>& user, std::size_t count, Item&& item, float* out,
                    scoring_memory& memory) const {
        constexpr std::size_t most = tower_scorer<float>::most_rows;
        std::array<std::uint32_t, most> which;
        for (std::size_t begin = 0; begin < count; begin += most) {
            const std::size_t size = std::min(most, count - begin);
            for (std::size_t at = 0; at < size; ++at)
                which[at] = item(begin + at);
            network_.meet(user, prepared_, std::span{which}.first(size), memory.hidden, out + begin,
                          memory.pass);
            scorer_.add_scores(memory.hidden, out + begin, memory.tower);
        }
    }
    void score_some(const prepared_rows<float>& user, std::span<const item_index> items,
                    std::span<float> out, scoring_memory& memory) const {
        assert(items.size() == out.size());
        score_rows(
            user, items.size(), [&](std::size_t at) { return items[at].value(); }, out.data(),
            memory);
    }
    void score_every(const prepared_rows<float>& user, std::span<float> out,
                     scoring_memory& memory) const {
        assert(out.size() == item_count());
        score_rows(
            user, out.size(), [](std::size_t at) { return static_cast<std::uint32_t>(at); },
            out.data(), memory);
    }
    template <class Admission>
    std::size_t select(const prepared_rows<float>& user, std::span<scored_item> out,
                       const Admission& admission, scoring_memory& memory) const {
        constexpr float absent = -std::numeric_limits<float>::infinity();
        memory.scores.resize(padded_size<float>(item_count()));
        const auto scores = std::span{memory.scores}.first(item_count());
        score_every(user, scores, memory);
        for (const std::uint32_t item : unknown_items_)
            scores[item] = absent;
        return select_scored(scores, out, admission, absent);
    }

    template <class = on_use>
    [[nodiscard]] folded_network_user
    descend(std::vector<rating_sample> liked,
            std::span<const sparse_row<feature_index, float>> features) const {
        constexpr std::size_t most = tower_scorer<float>::most_rows;
        scoring_memory memory;
        describe(features, memory);
        const std::size_t size = padded_size<float>(options_.embedding), history = liked.size();
        aligned_vector<float> gradient(size), first(size), second(size);
        std::vector<std::uint32_t> which;
        std::vector<float> labels;
        prepared_rows<float> slopes;
        std::array<float, most> scores;
        for (std::size_t step = 1; step <= options_.fold_in_steps; ++step) {
            add_negatives(liked, history, step);
            network_.prepare_users(memory.side, memory.vectors, memory.user, memory.pass, alone());
            slopes = memory.user;
            for (auto* each : {&slopes.vectors, &slopes.hidden, &slopes.rest, &slopes.tokens})
                each->fill_zero();
            for (std::size_t begin = 0; begin < liked.size(); begin += most) {
                const auto some =
                    std::span{liked}.subspan(begin, std::min(most, liked.size() - begin));
                which.clear();
                for (const rating_sample& each : some)
                    which.push_back(each.item);
                network_.meet(memory.user, prepared_, which, memory.hidden, scores.data(),
                              memory.pass);
                scorer_.add_scores(memory.hidden, scores.data(), memory.tower);
                for (std::size_t at = 0; at < some.size(); ++at)
                    scores[at] =
                        binary_cross_entropy_with_logits::slope(scores[at], some[at].label) /
                        static_cast<float>(liked.size());
                scorer_.descend(scores.data(), memory.hidden, memory.tower);
                network_.meet_backward(memory.user, prepared_, which, memory.hidden, scores.data(),
                                       slopes, memory.pass);
            }
            std::ranges::fill(gradient, 0.0F);
            network_.prepare_backward(memory.vectors, memory.user, slopes, gradient.data());
            const matrix<float>& weights = network_.deep().hidden().front().map.weights();
            for (std::size_t k = 0; k < options_.embedding; ++k)
                gradient[k] +=
                    simd::dot(weights.row(k), slopes.hidden.row(0), slopes.hidden.stride());
            adam{}.step<float>(options_.fold_in_rate, step)(memory.vectors.row(0), gradient.data(),
                                                            {first.data(), second.data()}, size);
        }
        network_.prepare_users(memory.side, memory.vectors, memory.user, memory.pass, alone());
        return {memory.user};
    }
    /// Replaces what follows the history by items of label 0, as in training.
    template <class = on_use>
    void add_negatives(std::vector<rating_sample>& liked, std::size_t history,
                       std::size_t step) const {
        liked.resize(history);
        if (item_count() == history)
            return;
        const counter_random random{options_.seed, std::uint64_t{step} << 32 | 4};
        const auto has = [&](std::uint32_t item) {
            return std::any_of(liked.begin(), liked.begin() + static_cast<std::ptrdiff_t>(history),
                               [&](const rating_sample& each) { return each.item == item; });
        };
        for (std::size_t at = 0; at < history * options_.negatives; ++at) {
            constexpr std::size_t attempts = 16;
            for (std::size_t attempt = 0; attempt < attempts; ++attempt) {
                const auto item =
                    static_cast<std::uint32_t>(random.below(item_count(), at * attempts + attempt));
                if (items_.id(item) == item && !has(item)) {
                    liked.push_back({0, item, 0});
                    break;
                }
            }
        }
    }

    [[nodiscard]] std::size_t field_bytes(const feature_fields& fields) const noexcept {
        std::size_t bytes = 0;
        const auto add = [&](const auto& side) {
            for (const auto& field : side)
                bytes += 2 * 8 * field.entry_count() + 16 * field.row_count() +
                         sizeof(float) * 5 * field.column_count() *
                             (padded_size<float>(options_.embedding) + 16);
        };
        add(fields.users);
        add(fields.items);
        return bytes;
    }

    [[nodiscard]] static bool is_finite(const matrix<float>& values) noexcept {
        return std::all_of(values.data(), values.data() + values.size(),
                           [](float value) { return std::isfinite(value); });
    }

    Options options_;
    label_range labels_; // of the data, unless options say otherwise
    user_side users_;
    item_side items_;
    Network network_;
    // What is made of these.
    tower_scorer<float> scorer_;
    prepared_rows<float> prepared_; // of all items
    std::vector<std::uint32_t> unknown_items_;
    embedding_index<user_index> user_index_{user_table{}};
    embedding_index<item_index> item_index_{item_table{}};
};

} // namespace hybrec::neural
