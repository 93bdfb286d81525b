// SPDX-License-Identifier: MIT
/// @file
/// Calls a generator of candidates so that its failure stays its own.
#pragma once

#include <hybrec/concepts/engine.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/generator_observer.hpp>
#include <hybrec/retrieval/list_checker.hpp>

#include <concepts>
#include <cstddef>
#include <exception>
#include <span>
#include <string_view>

namespace hybrec {

/// Calls `generate(out)`, or `generate(out, observer)` if that is what it takes, as engines do. It writes
/// candidates from the front of `out` on and returns how many there are; this returns how many of them
/// can be used, again from the front on:
///
/// - none, if the deadline has already passed: then `generate` is not called;
/// - none, if it throws, or if the deadline has passed when it returns. A list that comes late is
///   dropped, so that the answer does not depend on whether somebody waited for it;
/// - otherwise those that are below `item_count`, have finite scores, and are there for the first time.
///
/// Whatever went wrong is reported as that of `generator` and goes no further. A call that never returns
/// cannot be ended from outside: an engine that may hang is served through `abandonable`.
/// Allocates nothing once `checker` is warm.
template <class Generate, engine_observer Observer>
std::size_t guarded_call(std::size_t generator, Generate&& generate, std::span<scored_item> out,
                         std::size_t item_count, list_checker& checker,
                         Observer& observer) noexcept {
    const auto fail = [&](generator_failure why, std::string_view what) {
        observer.generator_failed(generator, why, what);
        return std::size_t{0};
    };
    if (observer.deadline().passed())
        return fail(generator_failure::skipped, "the deadline had passed before it was its turn");
    try {
        generator_observer inner{observer, generator};
        std::size_t size = 0;
        if constexpr (std::invocable<Generate&, std::span<scored_item>, decltype(inner)&>)
            size = generate(out, inner);
        else
            size = generate(out);
        if (observer.deadline().passed())
            return inner.failed()
                       ? 0
                       : fail(generator_failure::late, "the deadline passed while it ran");
        if (size > out.size())
            return fail(generator_failure::invalid,
                        "says that it wrote more items than there is room");
        const list_report report = checker.check(out.first(size), item_count);
        if (!report.clean())
            fail(generator_failure::invalid, report.complaint());
        return report.size;
    } catch (const std::exception& failure) {
        return fail(generator_failure::threw, failure.what());
    } catch (...) {
        return fail(generator_failure::threw, "an exception that is not a std::exception");
    }
}

} // namespace hybrec
