// SPDX-License-Identifier: MIT
/// @file
/// A value that threads change and read at the same time.
#pragma once

#include <mutex>
#include <utility>

namespace hybrec {

/// Feedback arrives while requests are served. `guarded{hedge{3}}` lets one thread at a time at the
/// learner: `update` changes it, `read` copies what a request needs, some nanoseconds each, so that a
/// request has one consistent set of weights.
///
///     weights.update([&](auto& learner) { learner.rewards(values); });
///     weights.read([&](const auto& learner) { std::ranges::copy(learner.weights(), mine); });
template <class Value>
class guarded {
  public:
    explicit guarded(Value value) : value_{std::move(value)} {}

    template <class Change>
    decltype(auto) update(Change&& change) {
        const std::lock_guard lock{mutex_};
        return std::forward<Change>(change)(value_);
    }
    /// Return nothing that refers to the value.
    template <class Read>
    auto read(Read&& look) const {
        const std::lock_guard lock{mutex_};
        return std::forward<Read>(look)(std::as_const(value_));
    }
    /// A copy.
    [[nodiscard]] Value snapshot() const {
        const std::lock_guard lock{mutex_};
        return value_;
    }

  private:
    mutable std::mutex mutex_;
    Value value_;
};

} // namespace hybrec
