// SPDX-License-Identifier: MIT
/// @file
/// How a model is fitted that keeps the interactions and learns from them at once.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
#include <hybrec/sparse/require_trainable.hpp>

#include <cstddef>
#include <utility>

namespace hybrec {

/// Gives `Model`, which derives from it, `fit`. Asks of it, beside `type_name()`, `options()` and
/// `estimate_bytes(users, items, entries, threads)`:
///
///     kept_interactions<float> history_;                      // set by `fit`, before
///     void learn(progress_observer auto& progress, const execution& where);
///     Model untrained() const;                                // of the same options
///
/// and, where the matrix says more about the bytes needed than its shape, `pair_bytes(matrix, threads)`.
template <class Model>
class kept_fit {
  public:
    /// Trains; see the model for complexity and what else is thrown. If this throws, the model is
    /// what it was before.
    /// @param interactions users × items. An rvalue `csr_matrix` is kept as history without a copy.
    /// @param progress     told how far the work is
    /// @throws data_error if there are no entries or one is not finite, memory_budget_error,
    ///         cancelled.
    template <user_item_source Matrix, progress_observer Progress = no_progress>
    void fit(Matrix&& interactions, Progress&& progress = {}, const execution& where = {}) {
        auto& model = static_cast<Model&>(*this);
        require_trainable(interactions, Model::type_name());
        require_budget(Model::type_name(), model.options().memory_budget,
                       bytes_for(interactions, where.threads().size()));
        Model fresh = model.untrained();
        fresh.history_ = keep_matrix<float>(std::forward<Matrix>(interactions));
        fresh.learn(progress, where);
        model = std::move(fresh);
    }
    template <user_item_source Matrix>
    void fit(Matrix&& interactions, const execution& where) {
        fit(std::forward<Matrix>(interactions), no_progress{}, where);
    }

  protected:
    kept_fit() = default;
    ~kept_fit() = default;
    kept_fit(const kept_fit&) = default;
    kept_fit(kept_fit&&) noexcept = default;
    kept_fit& operator=(const kept_fit&) = default;
    kept_fit& operator=(kept_fit&&) noexcept = default;

  private:
    template <class Matrix>
    [[nodiscard]] std::size_t bytes_for(const Matrix& matrix, std::size_t threads) const {
        const auto& model = static_cast<const Model&>(*this);
        if constexpr (requires { model.pair_bytes(matrix, threads); })
            return model.pair_bytes(matrix, threads);
        else
            return model.estimate_bytes(matrix.row_count(), matrix.column_count(),
                                        matrix.entry_count(), threads);
    }
};

} // namespace hybrec
