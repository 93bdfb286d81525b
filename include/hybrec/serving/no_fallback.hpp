// SPDX-License-Identifier: MIT
/// @file
/// The fallback of a service that has none.
#pragma once

#include <hybrec/concepts/engine.hpp>
#include <hybrec/core/scored.hpp>

#include <cstddef>
#include <span>

namespace hybrec {

/// Answers with nothing.
struct no_fallback {
    struct workspace {};

    template <class Request>
    static constexpr std::size_t recommend_into(const Request&, std::span<scored_item>,
                                                workspace&) noexcept {
        return 0;
    }
};

} // namespace hybrec
