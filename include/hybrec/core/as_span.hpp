// SPDX-License-Identifier: MIT
/// @file
/// A container's elements as a span, without what the standard's own conversion costs the compiler.
#pragma once

#include <cstddef>
#include <iterator>
#include <span>
#include <type_traits>
#include <utility>

namespace hybrec {
namespace detail {

template <class Container>
using element_of = std::remove_pointer_t<decltype(std::data(std::declval<Container&>()))>;

} // namespace detail

/// The elements of a vector, a string, an array: whatever `std::data` and `std::size` take.
///
/// The constructor that makes a `std::span` of a range has the compiler prove forty concepts for each
/// type of container (19 ms with GCC 12); that of a pointer and a size leaves out most of them.
template <class Container>
[[nodiscard]] constexpr std::span<detail::element_of<const Container>>
as_span(const Container& values) noexcept {
    return {std::data(values), std::size(values)};
}
template <class Container>
void as_span(const Container&&) = delete; // it would be gone before anybody reads the span

/// The same to be written to.
template <class Container>
[[nodiscard]] constexpr std::span<detail::element_of<Container>>
as_writable_span(Container& values) noexcept {
    return {std::data(values), std::size(values)};
}

/// One value as a span of one.
template <class T>
[[nodiscard]] constexpr std::span<T> span_of_one(T& value) noexcept {
    return {&value, std::size_t{1}};
}

} // namespace hybrec
