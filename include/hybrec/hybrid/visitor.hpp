// SPDX-License-Identifier: MIT
/// @file
/// A user that a hybrid has not seen.
#pragma once

#include <hybrec/concepts/history.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/weighted.hpp>

#include <concepts>
#include <span>
#include <type_traits>
#include <vector>

namespace hybrec {

/// What a hybrid makes of a history: the history itself, of which every part makes what it needs when
/// it is asked.
class visitor {
  public:
    template <item_history History>
    explicit visitor(const History& history) {
        for (const auto& entry : history)
            if constexpr (std::same_as<std::remove_cvref_t<decltype(entry)>, item_index>)
                history_.push_back({entry, 1.0F});
            else
                history_.push_back({entry.index, static_cast<float>(entry.value)});
    }

    template <class = on_use>
    [[nodiscard]] std::span<const weighted_item> history() const noexcept {
        return as_span(history_);
    }
    /// Views the history. @pre this object outlives the request.
    template <class = on_use>
    [[nodiscard]] request<> as_request() const noexcept {
        return {history()};
    }

  private:
    std::vector<weighted_item> history_;
};

} // namespace hybrec
