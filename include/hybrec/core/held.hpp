// SPDX-License-Identifier: MIT
/// @file
/// Parts that are held by value, or shared with `std::ref`.
#pragma once

#include <functional>
#include <type_traits>

namespace hybrec {

/// What a part is when it is held as `Held`: `T` for both `T` and `std::reference_wrapper<T>`. Either
/// converts to a reference, so a user of parts writes `const held_type<Held>& part = held_`.
template <class Held>
using held_type = std::remove_cvref_t<std::unwrap_reference_t<Held>>;

} // namespace hybrec
