// SPDX-License-Identifier: MIT
/// @file
/// Recommends what is popular now: recent events count more than old ones.
#pragma once

#include <hybrec/baseline/detail/popularity_model.hpp>
#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/weighting/time_decay.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hybrec {

/// Scores an item by Σ weight · 2^(−age / half_life) over its events: `time_decay`, added up. The
/// instant from which ages count is an option, so that results can be reproduced:
///
///     decayed_popularity model{{.half_life = 7 * 24h, .now = system_now()}};
///
/// Items whose sum is not above 0 are never recommended. Const calls are thread-safe.
class decayed_popularity : public detail::popularity_model {
  public:
    explicit decayed_popularity(time_decay decay = {}) : decay_{decay} {}

    /// Adds up the events of a log. Complexity: O(events + items · log(items)).
    /// @throws option_error if half-life or instant are missing or out of range, data_error for a
    ///         log without events or times, or a weight that is not finite.
    template <class = on_use>
    void fit(const interaction_log& log) {
        const time_decay bound = decay_.bind(log);
        if (log.events.empty())
            fail<data_error>({type_name(), ": the log has no events"});
        std::vector<double> totals(log.matrix.column_count());
        for (const interaction& event : log.events) {
            const float weight = bound.weigh(event);
            if (!std::isfinite(weight))
                fail<data_error>({type_name(), ": an event of item ", event.item.value(),
                                  " has a weight that is not finite"});
            totals[event.item.value()] += static_cast<double>(weight);
        }
        set_totals(log.matrix.row_count(), totals);
    }

    [[nodiscard]] const time_decay& decay() const noexcept { return decay_; }

    [[nodiscard]] static std::string type_name() { return "decayed_popularity"; }

    void save(archive_writer auto& archive) const {
        if (item_count() == 0)
            throw not_fitted_error{type_name()};
        archive.write_real("half_life", decay_.half_life.seconds());
        archive.write_integer("now", static_cast<std::int64_t>(*decay_.now));
        save_scores(archive);
    }
    [[nodiscard]] static decayed_popularity load(archive_reader auto& archive) {
        const double half_life = archive.read_real("half_life");
        if (!std::isfinite(half_life) || half_life <= 0)
            archive.refuse("half_life", "expected a number above 0");
        decayed_popularity model{
            {.half_life = half_life, .now = unix_seconds{archive.read_integer("now")}}};
        model.load_scores(archive);
        return model;
    }

    friend bool operator==(const decayed_popularity& left, const decayed_popularity& right) {
        return left.decay_.half_life.seconds() == right.decay_.half_life.seconds() &&
               left.decay_.now == right.decay_.now && left.same_scores(right);
    }

  private:
    time_decay decay_;
};

} // namespace hybrec
