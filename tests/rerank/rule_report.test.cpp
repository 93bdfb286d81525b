// SPDX-License-Identifier: MIT
#include <hybrec/rerank/rule_report.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string_view>

using namespace hybrec;

TEST_CASE("an issue says which rule, which slot and why") {
    CHECK(rule_issue{rule_conflict::slot_taken, 2, 0}.message() ==
          "rule 2, slot 0: an earlier pin has the slot");
    CHECK(rule_issue{.why = rule_conflict::slate_too_short, .slot = 3}.message() ==
          "slot 3: there are fewer admissible items than asked for");
    std::set<std::string_view> texts;
    for (int why = 0; why <= static_cast<int>(rule_conflict::slate_too_short); ++why)
        texts.insert(to_string(static_cast<rule_conflict>(why)));
    CHECK(texts.size() == 7);
    CHECK(!texts.contains("unknown"));
}
