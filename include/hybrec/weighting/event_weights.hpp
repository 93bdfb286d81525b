// SPDX-License-Identifier: MIT
/// @file
/// Weighs events by their kind: a purchase says more than a view.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/detail/weigh_log.hpp>

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Event weights whose names were looked up in a log; what `event_weights::bind` gives.
class bound_event_weights {
  public:
    /// @param factors one per event kind of the log, in its order
    explicit bound_event_weights(std::vector<double> factors) : factors_{std::move(factors)} {}

    /// The weight of `event` times the factor of its kind. Thread-safe.
    /// @throws data_error if the log lists no such kind.
    [[nodiscard]] float weigh(const interaction& event) const {
        if (event.kind >= factors_.size())
            fail<data_error>({"event_weights: an event has kind number ", event.kind,
                              ", but the log names ", factors_.size(), " kinds"});
        return static_cast<float>(static_cast<double>(event.weight) * factors_[event.kind]);
    }

  private:
    std::vector<double> factors_;
};

/// Multiplies the weight of every event by the factor of its kind, by name:
///
///     event_weights{{"view", 1}, {"cart", 3}, {"purchase", 10}}(log)
///
/// A factor of 0 drops events of that kind; a negative one makes them dislikes. A kind of the log
/// without a factor is an error, unless `otherwise` gives one.
class event_weights {
  public:
    using factor = std::pair<std::string, double>;

    /// @throws option_error for a factor that is not finite, or a kind that is named twice.
    template <class = on_use>
    event_weights(std::initializer_list<factor> factors)
        : event_weights(std::vector<factor>(factors)) {}
    template <class = on_use>
    explicit event_weights(std::vector<factor> factors) : factors_{std::move(factors)} {
        for (auto at = factors_.begin(); at != factors_.end(); ++at) {
            require_option(std::isfinite(at->second), "event_weights", "\"" + at->first + "\"",
                           at->second, "a finite number");
            if (std::any_of(factors_.begin(), at,
                            [&](const factor& other) { return other.first == at->first; }))
                fail<option_error>({"event_weights: \"", at->first, "\" is named twice"});
        }
    }

    /// These weights, and `value` as the factor of all other kinds, also for a log without kinds.
    /// @throws option_error for a value that is not finite.
    [[nodiscard]] event_weights otherwise(double value) const {
        require_option(std::isfinite(value), "event_weights", "otherwise", value,
                       "a finite number");
        event_weights copy = *this;
        copy.otherwise_ = value;
        return copy;
    }

    /// These weights with the names looked up in the kinds of `log`.
    /// @throws data_error naming the first kind without a factor, or for a log without kinds.
    template <class = on_use>
    [[nodiscard]] bound_event_weights bind(const interaction_log& log) const {
        if (log.kinds.empty()) {
            if (!otherwise_)
                fail<data_error>(
                    {"event_weights: the log names no event kinds; expected a log whose "
                     "source has a column of them"});
            return bound_event_weights{{*otherwise_}};
        }
        std::vector<double> bound;
        bound.reserve(log.kinds.size());
        for (const std::string& kind : log.kinds) {
            const auto found = std::find_if(factors_.begin(), factors_.end(),
                                            [&](const factor& own) { return own.first == kind; });
            if (found != factors_.end())
                bound.push_back(found->second);
            else if (otherwise_)
                bound.push_back(*otherwise_);
            else
                fail<data_error>({"event_weights: the log has events of kind \"", kind,
                                  "\", which has no weight; expected ", names(),
                                  ", or a weight for all others by otherwise()"});
        }
        return bound_event_weights{std::move(bound)};
    }

    /// The matrix of the reweighted events of `log`. @throws as `bind` and `to_matrix` do.
    template <class = on_use>
    [[nodiscard]] user_items operator()(const interaction_log& log,
                                        const execution& where = {}) const {
        return detail::weigh_log(*this, log, where);
    }

  private:
    [[nodiscard]] std::string names() const {
        std::string text;
        for (const factor& own : factors_)
            text += (text.empty() ? "\"" : ", \"") + own.first + "\"";
        return text.empty() ? "none" : text;
    }

    std::vector<factor> factors_;
    std::optional<double> otherwise_;
};

} // namespace hybrec
