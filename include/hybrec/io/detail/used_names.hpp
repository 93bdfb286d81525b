// SPDX-License-Identifier: MIT
/// @file
/// Names that are taken.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hybrec::detail {

/// The names of an archive's fields. They are few: a search is a walk.
class used_names {
  public:
    [[nodiscard]] [[gnu::noinline]] bool holds(std::string_view name) const noexcept {
        for (const std::string& taken : names_)
            if (taken == name)
                return true;
        return false;
    }
    [[gnu::noinline]] void add(std::string_view name) { names_.emplace_back(name); }

  private:
    std::vector<std::string> names_;
};

} // namespace hybrec::detail
