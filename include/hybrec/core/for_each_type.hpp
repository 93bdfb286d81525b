// SPDX-License-Identifier: MIT
/// @file
/// Calls a template lambda once per type: for benchmarks and tests over policies.
#pragma once

namespace hybrec {

/// Calls `body.template operator()<T>()` for each of `Types`, in order:
/// `for_each_type<exact, subspace>([&]<class Solver>() { implicit_als<Solver> model; … });`
template <class... Types, class Body>
constexpr void for_each_type(Body&& body) {
    (body.template operator()<Types>(), ...);
}

} // namespace hybrec
