// SPDX-License-Identifier: MIT
/// @file
/// What business rules could not have.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec {

/// Why a wish was not granted.
enum class rule_conflict : unsigned char {
    not_a_candidate,  ///< the pinned item was filtered out, or nobody proposed it
    no_such_slot,     ///< the slate was asked for without that slot
    slot_taken,       ///< an earlier pin has the slot
    pinned_twice,     ///< an earlier pin has the item
    over_a_cap,       ///< a cap does not allow the item beside the items pinned before
    slot_not_reached, ///< there are too few admissible items to fill the slots before it
    slate_too_short   ///< there are fewer admissible items than asked for
};

[[nodiscard]] constexpr std::string_view to_string(rule_conflict why) noexcept {
    switch (why) {
    case rule_conflict::not_a_candidate:
        return "the item is not among the admissible candidates";
    case rule_conflict::no_such_slot:
        return "the slate has no such slot";
    case rule_conflict::slot_taken:
        return "an earlier pin has the slot";
    case rule_conflict::pinned_twice:
        return "an earlier pin has the item";
    case rule_conflict::over_a_cap:
        return "a cap does not allow the item beside the items pinned before";
    case rule_conflict::slot_not_reached:
        return "there are too few admissible items to fill the slots before it";
    case rule_conflict::slate_too_short:
        return "there are fewer admissible items than asked for";
    }
    return "unknown";
}

/// A wish that was not granted: that of a rule, or, with `slate_too_short`, the caller's.
struct rule_issue {
    /// Stands for the caller in `rule`.
    static constexpr std::size_t no_rule = static_cast<std::size_t>(-1);

    rule_conflict why{};
    std::size_t rule = no_rule; ///< place in `enforce(rules...)`
    std::size_t slot = 0;       ///< of the pin; or the first one that stays empty

    friend bool operator==(const rule_issue&, const rule_issue&) = default;

    /// Such as "rule 2, slot 0: an earlier pin has the slot".
    [[nodiscard]] std::string message() const {
        std::string text = rule == no_rule ? "" : "rule " + std::to_string(rule) + ", ";
        text += "slot " + std::to_string(slot) + ": ";
        return text += to_string(why);
    }
};

/// Everything that could not be had for one slate, by rule; empty if all rules were followed to the
/// letter. Rules are never broken: pins are dropped and slates end early instead.
using rule_report = std::vector<rule_issue>;

} // namespace hybrec
