// SPDX-License-Identifier: MIT
/// @file
/// What business rules know about items and about the time.
#pragma once

#include <hybrec/core/clock.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/range_concepts.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

namespace hybrec::detail {

template <class Property, class Request>
concept property_in_context =
    std::regular_invocable<const Property&, item_index, const typename Request::context_type&>;

template <class Property>
concept property_of_item = std::regular_invocable<const Property&, item_index>;

/// Values by item; items beyond its end have none.
template <class Property>
concept property_list =
    !property_of_item<Property> && std::ranges::random_access_range<const Property> &&
    std::ranges::sized_range<const Property>;

/// Calls `use` with the property of an item, which is a function of item and context, a function of the
/// item, or a list by item; returns `otherwise` where a list has none.
template <class Held, class Request, class Result, class Use>
requires property_in_context<held_type<Held>, Request> || property_of_item<held_type<Held>> ||
    property_list<held_type<Held>>
        Result with_property(const Held& held, [[maybe_unused]] const Request& who, item_index item,
                             Result otherwise, const Use& use)
noexcept {
    using property_type = held_type<Held>;
    const property_type& property = held;
    if constexpr (property_in_context<property_type, Request>) {
        return use(std::invoke(property, item, who.context));
    } else if constexpr (property_of_item<property_type>) {
        return use(property(item));
    } else {
        if (item.value() >= std::ranges::size(property))
            return otherwise;
        using difference = std::ranges::range_difference_t<const property_type>;
        return use(std::ranges::begin(property)[static_cast<difference>(item.value())]);
    }
}

/// What a property is where there is one.
template <class Held, class Request>
struct property_result;
template <class Held, class Request>
requires property_in_context<held_type<Held>, Request>
struct property_result<Held, Request> : std::invoke_result<const held_type<Held>&, item_index,
                                                           const typename Request::context_type&> {
};
template <class Held, class Request>
requires property_of_item<held_type<Held>>
struct property_result<Held, Request> : std::invoke_result<const held_type<Held>&, item_index> {
};
template <class Held, class Request>
requires property_list<held_type<Held>>
struct property_result<Held, Request>
    : std::type_identity<std::ranges::range_reference_t<const held_type<Held>>> {
};

/// Tells something convertible to `Value` about items.
template <class Held, class Value, class Request>
concept property_giving = std::convertible_to<typename property_result<Held, Request>::type, Value>;

/// Tells the time of a request: an instant, or a function of nothing or of the request's context.
template <class Clock, class Request>
concept clock_for = std::convertible_to<const Clock&, unix_seconds> ||
    std::is_invocable_r_v<unix_seconds, const Clock&> ||
    std::is_invocable_r_v<unix_seconds, const Clock&, const typename Request::context_type&>;

template <class Clock, class Request>
requires clock_for<Clock, Request>
[[nodiscard]] unix_seconds instant_of(const Clock& clock,
                                      [[maybe_unused]] const Request& who) noexcept {
    if constexpr (std::is_invocable_r_v<unix_seconds, const Clock&>)
        return std::invoke(clock);
    else if constexpr (std::is_invocable_r_v<unix_seconds, const Clock&,
                                             const typename Request::context_type&>)
        return std::invoke(clock, who.context);
    else
        return clock;
}

} // namespace hybrec::detail
