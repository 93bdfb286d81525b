// SPDX-License-Identifier: MIT
/// @file
/// Recommends items that are similar to those the user has.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/option_checks.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neighbors/detail/archive.hpp>
#include <hybrec/neighbors/similarity.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/kept_fit.hpp>
#include <hybrec/retrieval/similar_columns.hpp>
#include <hybrec/retrieval/sparse_history_model.hpp>
#include <hybrec/retrieval/top_k.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
#include <hybrec/sparse/require_trainable.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Whose neighbours count when an item of the history lends its weight to another item.
enum class neighbors_of : unsigned char {
    target, ///< the history items among the K most similar to the item that is scored
    source  ///< the K items most similar to each history item
};

struct item_knn_options {
    std::size_t neighbors = 100; ///< K, how many neighbours an item has at most; at least 1
    neighbors_of side = neighbors_of::target; ///< whose neighbours they are
    bool normalize = false; ///< divide an item's similarities by their sum, so that they weigh 1
                            ///< together (Sarwar et al. 2001, eq. 5, without its restriction to the
                            ///< history: the scale of a rating is not at stake)
    bool center = false;    ///< let the history count by what it exceeds the items' means: adds the
                            ///< mean of the item, less those of its neighbours, to every score
    std::size_t memory_budget = 0; ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("neighbors", options.neighbors);
        visit("neighbors_of_source", options.side);
        visit("normalize", options.normalize);
        visit("center", options.center);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const item_knn_options&, const item_knn_options&) = default;
};

/// Item-based nearest neighbours (Sarwar, Karypis, Konstan, Riedl 2001):
///
///     score(u, i) = Σₕ w(u, h)·B(h, i)   over the history of u,
///
/// where B(h, i) is the similarity of i and h if they are neighbours, else 0. With
/// `neighbors_of::target` h is one of the K items most similar to i; with `source` i is one of the K
/// most similar to h, as in Python's implicit. Neighbours have a similarity above 0; of equal ones
/// the lower index comes first.
///
/// Similarities may be of other weights than the history: `model.fit(matrix, bm25{}(matrix))`.
/// The same data and options give the same bits for any number of threads. Const calls are
/// thread-safe. If a call throws, the model is what it was before.
template <similarity_measure Similarity = cosine>
class item_knn : public sparse_history_model<item_knn<Similarity>>,
                 public kept_fit<item_knn<Similarity>> {
    using weighted = sparse_history_model<item_knn>;

  public:
    /// @throws option_error naming the field, its value and the valid range.
    explicit item_knn(item_knn_options options = {}, Similarity similarity = {})
        : options_{options}, similarity_{similarity} {
        option_checks{"item_knn"}.at_least_one("neighbors", options.neighbors);
        require_option(options.side <= neighbors_of::source, "item_knn", "side",
                       static_cast<double>(options.side), "target or source");
        similarity_.check();
    }

    /// Finds the neighbours of every item. Complexity and memory: those of `similar_columns`.
    using kept_fit<item_knn>::fit;

    /// The same with similarities from the weights of another matrix of the same shape.
    /// @throws shape_error if the shapes differ.
    template <user_item_source Matrix, user_item_matrix Compared,
              progress_observer Progress = no_progress>
    requires std::same_as<typename Compared::value_type, float>
    void fit(Matrix&& interactions, const Compared& compared, Progress&& progress = {},
             const execution& where = {}) {
        require_trainable(interactions, type_name());
        require_trainable(compared, type_name());
        if (compared.row_count() != interactions.row_count() ||
            compared.column_count() != interactions.column_count())
            fail<shape_error>({type_name(), ": the matrix to compare by has ", compared.row_count(),
                               " users and ", compared.column_count(), " items; expected ",
                               interactions.row_count(), " and ", interactions.column_count()});
        require_budget(type_name(), options_.memory_budget,
                       estimate_bytes(compared.row_count(), compared.column_count(),
                                      compared.entry_count(), where.threads().size()));
        item_knn fresh = untrained();
        fresh.history_ = keep_matrix<float>(std::forward<Matrix>(interactions));
        fresh.compare(compared.view(), progress, where);
        *this = std::move(fresh);
    }

    [[nodiscard]] const item_knn_options& options() const noexcept { return options_; }
    [[nodiscard]] const Similarity& similarity() const noexcept { return similarity_; }

    /// What `fit` holds at its peak beside the caller's matrix.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        const std::size_t history =
            entries * (sizeof(item_index) + sizeof(float)) + (users + 1) * sizeof(offset);
        return history + similar_columns_bytes(users, items, entries, options_.neighbors, threads);
    }

    /// The items to which a history of `item` alone gives weight, best first.
    /// @throws shape_error if `item` is not below `item_count()`.
    template <index_filter<item_index> Filter = unfiltered>
    [[nodiscard]] ranking<item_index> similar_items(item_index item, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(item, this->item_count(), "item");
        const auto row = this->coefficients().row(item);
        ranking<item_index> result(std::min(n, row.size()));
        top_k<item_index, float> best{result};
        for (const auto [other, similarity] : row)
            if (best.would_enter({other, similarity}) && filter.admits(other))
                best.enter({other, similarity});
        result.resize(best.finish());
        return result;
    }

    void spread(sparse_row<item_index, float> history, std::span<float> scores) const noexcept {
        std::copy(biases_.begin(), biases_.end(), scores.begin());
        weighted::spread(history, scores);
    }
    void score_history(sparse_row<item_index, float> history, std::span<const item_index> items,
                       std::span<float> out) const noexcept {
        for (std::size_t at = 0; at < items.size(); ++at) {
            float sum = biases_.empty() ? 0.0F : biases_[items[at].value()];
            for (const auto [from, weight] : history)
                sum = simd::multiply_add(weight, this->coefficient(from, items[at]), sum);
            out[at] = sum;
        }
    }
    [[nodiscard]] static std::string type_name() { return "item_knn<" + Similarity::name() + ">"; }

    void save(archive_writer auto& archive) const {
        this->require_fitted();
        save_options(archive, options_);
        detail::save_similarity(archive, similarity_);
        this->save_weights(archive);
    }
    [[nodiscard]] static item_knn load(archive_reader auto& archive) {
        auto model = model_with<item_knn>(archive, load_options<item_knn_options>(archive),
                                          detail::load_similarity<Similarity>(archive));
        model.load_weights(archive);
        detail::require_neighbors(archive, "coefficients_values", model.coefficients());
        model.find_biases();
        return model;
    }

    friend bool operator==(const item_knn& left, const item_knn& right) {
        return left.options_ == right.options_ && left.similarity_ == right.similarity_ &&
               left.same_weights(right);
    }

  private:
    friend class kept_fit<item_knn>;

    [[nodiscard]] item_knn untrained() const { return item_knn{options_, similarity_}; }

    void learn(progress_observer auto& progress, const execution& where) {
        compare(this->history_->view(), progress, where);
    }
    void compare(const user_items_view& compared, progress_observer auto& progress,
                 const execution& where) {
        auto similar = similar_columns(compared, similarity_, options_.neighbors, type_name(),
                                       progress, where);
        if (options_.normalize)
            for (std::size_t item = 0; item < similar.row_count(); ++item) {
                const std::span<float> row = similar.values().subspan(
                    similar.offsets()[item], similar.offsets()[item + 1] - similar.offsets()[item]);
                double sum = 0;
                for (const float value : row)
                    sum += static_cast<double>(value);
                for (float& value : row)
                    value = static_cast<float>(static_cast<double>(value) / sum);
            }
        this->set_weights(options_.side == neighbors_of::source ? std::move(similar)
                                                                : transpose(similar, where));
        find_biases();
    }

    void find_biases() {
        biases_.clear();
        if (!options_.center)
            return;
        const user_items& history = *this->history_;
        std::vector<double> means(history.column_count());
        for (std::size_t at = 0; at < history.entry_count(); ++at)
            means[history.columns()[at].value()] += static_cast<double>(history.values()[at]) /
                                                    static_cast<double>(history.row_count());
        std::vector<double> biases = means;
        for (std::size_t item = 0; item < means.size(); ++item)
            for (const auto [to, similarity] : this->coefficients().row(item_index(item)))
                biases[to.value()] -= means[item] * static_cast<double>(similarity);
        biases_.assign(biases.begin(), biases.end());
    }

    item_knn_options options_;
    Similarity similarity_;
    std::vector<float> biases_; // of the items, if scores are centered
};

} // namespace hybrec
