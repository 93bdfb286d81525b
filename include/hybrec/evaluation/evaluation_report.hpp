// SPDX-License-Identifier: MIT
/// @file
/// What an evaluation found: means, values per user, and who was left out.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>

#include <cstddef>
#include <limits>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec {

/// The values of one metric.
struct metric_values {
    std::string name;
    std::vector<double> values; ///< one per evaluated user; NaN where the metric is not defined;
                                ///< none for metrics of the catalogue, such as `coverage`
    double mean = 0; ///< over the users where it is defined; NaN if there are none; the one value
                     ///< of a metric of the catalogue
    std::size_t undefined = 0; ///< how many users it is not defined for
};

/// The result of `evaluate`. Const calls are thread-safe.
class evaluation_report {
  public:
    /// Computes the means, in the order of the users.
    /// @pre every metric has one value per user, or none and its `mean` is set.
    evaluation_report(std::vector<user_index> users, std::vector<metric_values> metrics,
                      std::size_t users_skipped, std::size_t users_without_recommendations)
        : users_{std::move(users)},
          metrics_{std::move(metrics)},
          users_skipped_{users_skipped},
          users_without_recommendations_{users_without_recommendations} {
        for (metric_values& metric : metrics_) {
            if (metric.values.empty() && !users_.empty())
                continue; // of the catalogue
            double sum = 0;
            std::size_t defined = 0;
            for (const double value : metric.values)
                if (!std::isnan(value)) {
                    sum += value;
                    ++defined;
                }
            metric.undefined = metric.values.size() - defined;
            metric.mean = defined == 0 ? std::numeric_limits<double>::quiet_NaN()
                                       : sum / static_cast<double>(defined);
        }
    }

    /// The mean of a metric over the evaluated users, as in `mean("recall@20")`; NaN if no user
    /// could be evaluated.
    /// @throws option_error listing the known names, if the metric was not evaluated.
    [[nodiscard]] double mean(std::string_view metric) const { return find(metric).mean; }

    /// The values of a metric, `values(m)[i]` being that of `users()[i]`.
    /// @throws option_error as `mean`.
    template <class = on_use>
    [[nodiscard]] std::span<const double> values(std::string_view metric) const {
        return as_span(find(metric).values);
    }

    /// All metrics, in the order in which they were asked for.
    template <class = on_use>
    [[nodiscard]] std::span<const metric_values> metrics() const noexcept {
        return as_span(metrics_);
    }

    /// The evaluated users, ascending.
    template <class = on_use>
    [[nodiscard]] std::span<const user_index> users() const noexcept {
        return as_span(users_);
    }
    [[nodiscard]] std::size_t users_evaluated() const noexcept { return users_.size(); }
    /// Users who are not in the means because nothing in the test data is relevant for them.
    [[nodiscard]] std::size_t users_skipped() const noexcept { return users_skipped_; }
    /// Evaluated users whose ranking was empty; they count as 0 in the means of ranking metrics.
    [[nodiscard]] std::size_t users_without_recommendations() const noexcept {
        return users_without_recommendations_;
    }

    /// One line per metric, then the numbers of users.
    friend std::ostream& operator<<(std::ostream& out, const evaluation_report& report) {
        for (const metric_values& metric : report.metrics_)
            out << metric.name << ": " << metric.mean << '\n';
        return out << "users: " << report.users_evaluated() << " evaluated, "
                   << report.users_skipped_ << " skipped, " << report.users_without_recommendations_
                   << " without recommendations\n";
    }

  private:
    [[nodiscard]] const metric_values& find(std::string_view name) const {
        std::string known;
        for (const metric_values& metric : metrics_) {
            if (metric.name == name)
                return metric;
            known += (known.empty() ? "" : ", ") + metric.name;
        }
        fail<option_error>(
            {"evaluation_report: there is no metric \"", name, "\"; expected one of: ", known});
    }

    std::vector<user_index> users_;
    std::vector<metric_values> metrics_;
    std::size_t users_skipped_ = 0;
    std::size_t users_without_recommendations_ = 0;
};

} // namespace hybrec
