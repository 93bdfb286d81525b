// SPDX-License-Identifier: MIT
/// @file
/// Distinct 32-bit index types for users, items and features, and the 64-bit offset type.
#pragma once

#include <cassert>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

namespace hybrec {

/// A position in one of the library's dense numberings. Indices with different tags do not convert
/// into each other, so a user cannot be passed where an item is due.
///
/// Trivially copyable with the layout of `std::uint32_t`.
template <class Tag>
class basic_index {
  public:
    using value_type = std::uint32_t;

    constexpr basic_index() noexcept = default;

    /// @pre `value` is representable in 32 bits without a sign.
    template <std::integral Integer>
    requires(!std::same_as<Integer, bool>) constexpr explicit basic_index(Integer value) noexcept
        : value_{static_cast<value_type>(value)} {
        assert(std::in_range<value_type>(value));
    }

    [[nodiscard]] constexpr value_type value() const noexcept { return value_; }

    constexpr basic_index& operator++() noexcept {
        ++value_;
        return *this;
    }

    friend constexpr auto operator<=>(basic_index, basic_index) noexcept = default;

  private:
    value_type value_{};
};

using user_index = basic_index<struct user_tag>;
using item_index = basic_index<struct item_tag>;
using feature_index = basic_index<struct feature_tag>;

namespace detail {

template <class T>
inline constexpr bool is_index = false;
template <class Tag>
inline constexpr bool is_index<basic_index<Tag>> = true;

} // namespace detail

/// One of the library's index types.
template <class T>
concept dense_index = detail::is_index<T>;

/// Counts stored entries; 64 bits, because a matrix may hold more than 2³² of them.
using offset = std::uint64_t;

/// The most rows or columns that an index type can number.
inline constexpr std::size_t max_index_count = std::numeric_limits<std::uint32_t>::max();

} // namespace hybrec

template <class Tag>
struct std::hash<hybrec::basic_index<Tag>> {
    [[nodiscard]] std::size_t operator()(hybrec::basic_index<Tag> index) const noexcept {
        return std::hash<std::uint32_t>{}(index.value());
    }
};
