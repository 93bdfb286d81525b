// SPDX-License-Identifier: MIT
/// @file
/// Business rule: never these items.
#pragma once

#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <initializer_list>

namespace hybrec {

/// `blocklist{banned}`: hides the items of a list, whoever asks. Owns a sorted copy; a lookup costs
/// O(log size).
class blocklist : public excluding<item_index> {
  public:
    template <item_history Range>
    explicit blocklist(const Range& banned) : excluding{banned} {}
    template <class = on_use>
    blocklist(std::initializer_list<item_index> banned) : excluding{banned} {}
};

} // namespace hybrec
