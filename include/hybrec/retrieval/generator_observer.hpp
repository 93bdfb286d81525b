// SPDX-License-Identifier: MIT
/// @file
/// What an engine sees of the observer of the engine that it is a part of.
#pragma once

#include <hybrec/concepts/engine.hpp>

#include <cstddef>
#include <string_view>

namespace hybrec {

/// Passes the failures of an engine on as those of generator `generator` of another one, and the other
/// one's deadline down. Stages of the inner engine are not reported: they are part of a stage.
template <engine_observer Observer>
class generator_observer {
  public:
    generator_observer(Observer& outer, std::size_t generator) noexcept
        : outer_{outer}, generator_{generator} {}

    static constexpr void stage_begin(std::size_t) noexcept {}
    static constexpr void stage_end(std::size_t) noexcept {}
    static constexpr void deadline_passed(std::size_t) noexcept {}
    void generator_failed(std::size_t, generator_failure why, std::string_view what) noexcept {
        failed_ = true;
        outer_.generator_failed(generator_, why, what);
    }
    [[nodiscard]] auto deadline() const noexcept { return outer_.deadline(); }

    /// Whether a failure was reported.
    [[nodiscard]] bool failed() const noexcept { return failed_; }

  private:
    Observer& outer_;
    std::size_t generator_;
    bool failed_ = false;
};

} // namespace hybrec
