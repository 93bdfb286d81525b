// SPDX-License-Identifier: MIT
/// @file
/// When two requests have the same answer.
#pragma once

#include <hybrec/core/request.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>

namespace hybrec {

namespace detail {

template <class T>
concept hashable = std::equality_comparable<T> && std::copyable<T> &&
    std::default_initializable<T> && requires(const T& value) {
    { std::hash<T>{}(value) } -> std::convertible_to<std::size_t>;
};

/// Every bit of the result depends on every bit of both: the finalizer of splitmix64 (Steele, Lea,
/// Flood 2014, variant 13 of Stafford).
[[nodiscard]] constexpr std::uint64_t hash_combine(std::uint64_t seed,
                                                   std::uint64_t value) noexcept {
    std::uint64_t mixed = seed * 0x9E3779B97F4A7C15U ^ value;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

} // namespace detail

/// Says itself which part of it decides the answer: `cache_key()` gives something that std::hash and ==
/// understand, such as the device and the hour, but not the second.
template <class Context>
concept has_cache_key = requires(const Context& context) {
    requires detail::hashable<std::remove_cvref_t<decltype(context.cache_key())>>;
};

/// A context by which answers can be kept: `no_context`, one with a `cache_key()`, or one that
/// std::hash and == understand as a whole. Answers to requests with another context are never kept.
template <class Context>
concept cacheable_context =
    std::same_as<Context, no_context> || has_cache_key<Context> || detail::hashable<Context>;

/// The part of a context that is compared: a value, or the context itself.
template <cacheable_context Context>
[[nodiscard]] decltype(auto) cache_key_of(const Context& context) {
    if constexpr (has_cache_key<Context>)
        return context.cache_key();
    else
        return (context);
}

/// Its hash.
template <class Key>
[[nodiscard]] std::uint64_t hash_of_key(const Key& key) {
    if constexpr (std::same_as<Key, no_context>)
        return 0;
    else
        return std::hash<Key>{}(key);
}

} // namespace hybrec
