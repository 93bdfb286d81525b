// SPDX-License-Identifier: MIT
/// @file
/// What all factorizations that are trained step by step share: starting vectors, the loop with
/// early stopping, the checks before and after.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/fit_report.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hybrec::detail {

/// Fills the first `factors` values of the rows from `first` on with normal numbers; a row's numbers
/// depend on the stream and the row alone.
template <class Value>
void randomize_rows(const table_rows<Value>& table, std::size_t first, std::size_t factors,
                    double deviation, const counter_random& random, const execution& where) {
    where.threads().for_chunks(
        table.count - first, 256,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t row = first + begin; row < first + end; ++row)
                for (std::size_t factor = 0; factor < factors; ++factor)
                    table.data[row * table.stride + factor] =
                        static_cast<Value>(deviation * random.normal(row * factors + factor));
        },
        where.stop);
}
/// The same for all rows.
template <class Index, class Value>
void randomize_rows(factor_table<Index, Value>& table, std::size_t factors, double deviation,
                    const counter_random& random, const execution& where) {
    randomize_rows(table.all_rows(), 0, factors, deviation, random, where);
}

/// @throws numeric_error if a value of the table is not finite.
template <class Index, class Value>
void require_finite(const factor_table<Index, Value>& table, std::string_view model,
                    std::string_view advice) {
    const std::size_t size = table.rows() * table.stride();
    Value worst{0}; // 0·x is 0 for what is finite, else NaN
    for (std::size_t at = 0; at < size; ++at)
        worst += Value{0} * table.data()[at];
    if (!(worst == Value{0}))
        fail<numeric_error>({model, ": the factors are not finite; expected ", advice});
}

/// How long to train.
struct training_plan {
    std::string_view model; ///< its name, for progress and errors
    std::size_t steps;      ///< most iterations or epochs
    std::size_t patience;   ///< steps without a better validation score; 0: all steps are done
    bool has_loss;          ///< whether `step` gives a loss
    double tolerance = 0;   ///< stop when the loss falls by less than this fraction; 0: never
};

/// Calls `step(number)`, which gives the loss, for numbers from 1 on; after each, where there is a
/// validator, `publish()` makes the model ready to be judged. The best judged state is kept.
/// The caller publishes the final state. @throws numeric_error if a loss is not finite.
template <class Model, class Step, class Publish, class Progress, class Validator>
fit_report train_in_steps(Model& model, const training_plan& plan, Step&& step, Publish&& publish,
                          Progress& progress, Validator& validator) {
    fit_report report;
    std::optional<Model> best;
    progress(progress_event{.phase = plan.model, .step = 0, .steps = plan.steps});
    while (report.iterations < plan.steps) {
        const double loss = step(report.iterations + 1);
        ++report.iterations;
        progress_event event{.phase = plan.model, .step = report.iterations, .steps = plan.steps};
        if (plan.has_loss) {
            if (!std::isfinite(loss))
                fail<numeric_error>(
                    {plan.model, ": the loss is not finite after step ", report.iterations});
            report.losses.push_back(loss);
            event.measure = "loss";
            event.value = loss;
        }
        if constexpr (!std::same_as<Validator, no_validator>) {
            publish();
            const double score = static_cast<double>(validator(std::as_const(model)));
            if (report.validation_scores.empty() ||
                score > report.validation_scores[report.best_iteration - 1]) {
                report.best_iteration = report.iterations;
                best.emplace(model);
            }
            report.validation_scores.push_back(score);
            event.measure = "validation";
            event.value = score;
        }
        progress(event);
        const auto& losses = report.losses;
        if (plan.tolerance > 0 && losses.size() >= 2 &&
            losses[losses.size() - 2] - losses.back() <
                plan.tolerance * std::abs(losses[losses.size() - 2])) {
            report.reason = stop_reason::tolerance;
            break;
        }
        if (best && plan.patience > 0 &&
            report.iterations - report.best_iteration >= plan.patience) {
            report.reason = stop_reason::validation;
            break;
        }
    }
    if (best)
        model = std::move(*best);
    else
        report.best_iteration = report.iterations;
    return report;
}

} // namespace hybrec::detail
