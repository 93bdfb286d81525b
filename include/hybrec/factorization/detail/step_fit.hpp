// SPDX-License-Identifier: MIT
/// @file
/// How a model is fitted that trains step by step.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/fit_report.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/require_trainable.hpp>

#include <utility>

namespace hybrec::detail {

/// Gives `Model`, which derives from it, `fit`. Asks of it, beside `type_name()`, `options()` and
/// `estimate_bytes(users, items, entries, threads)`:
///
///     Model untrained() const; // of the same options
///     fit_report train(Matrix&& interactions, progress, validator, where);
template <class Model>
class step_fit {
  public:
    /// Trains from random starting vectors; see the model for complexity and what else is thrown. If
    /// this throws, the model is what it was before.
    ///
    /// @param interactions users × items. What the model keeps of it, an rvalue `csr_matrix` gives
    ///                     without a copy.
    /// @param progress     told of every iteration, with the loss if that is computed
    /// @param validator    judges the model after every iteration; the best factors are kept
    /// @throws data_error if there are no entries or one is not finite, numeric_error,
    ///         memory_budget_error, cancelled.
    template <user_item_source Matrix, progress_observer Progress = no_progress,
              validator_of<Model> Validator = no_validator>
    fit_report fit(Matrix&& interactions, Progress&& progress = {}, Validator&& validator = {},
                   const execution& where = {}) {
        auto& model = static_cast<Model&>(*this);
        require_fits_budget(interactions, where);
        Model fresh = model.untrained();
        const fit_report report =
            fresh.train(std::forward<Matrix>(interactions), progress, validator, where);
        model = std::move(fresh);
        return report;
    }
    template <user_item_source Matrix, progress_observer Progress>
    fit_report fit(Matrix&& interactions, Progress&& progress, const execution& where) {
        return fit(std::forward<Matrix>(interactions), progress, no_validator{}, where);
    }
    template <user_item_source Matrix>
    fit_report fit(Matrix&& interactions, const execution& where) {
        return fit(std::forward<Matrix>(interactions), no_progress{}, where);
    }

  protected:
    step_fit() = default;
    ~step_fit() = default;
    step_fit(const step_fit&) = default;
    step_fit(step_fit&&) noexcept = default;
    step_fit& operator=(const step_fit&) = default;
    step_fit& operator=(step_fit&&) noexcept = default;

    void require_fits_budget(const user_item_matrix auto& interactions,
                             const execution& where) const {
        const auto& model = static_cast<const Model&>(*this);
        require_trainable(interactions, Model::type_name());
        require_budget(Model::type_name(), model.options().memory_budget,
                       model.estimate_bytes(interactions.row_count(), interactions.column_count(),
                                            interactions.entry_count(), where.threads().size()));
    }
};

} // namespace hybrec::detail
