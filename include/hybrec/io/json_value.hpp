// SPDX-License-Identifier: MIT
/// @file
/// A JSON value: null, truth value, number, text, array or object.
#pragma once

#include <hybrec/core/error.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace hybrec {

struct json_member;

/// A JSON value. Integers that fit 64 bits stay integers; objects keep the order of their members.
///
/// Build one as in `json report; report["recall@20"] = 0.31; report["runs"].push_back(3);`.
/// The `as_` functions throw `data_error` naming what was expected and what is there. Const calls
/// are thread-safe.
class json {
  public:
    using array = std::vector<json>;
    using object = std::vector<json_member>;

    json() noexcept;
    json(std::nullptr_t) noexcept;
    template <std::same_as<bool> Bool>
    json(Bool value);
    /// @throws data_error for an integer above 2⁶³ − 1.
    template <std::integral Integer>
    requires(!std::same_as<Integer, bool>) json(Integer value);
    json(double value);
    json(const char* value);
    json(std::string_view value);
    json(std::string value);
    json(array value);
    json(object value);

    [[nodiscard]] bool is_null() const noexcept;
    [[nodiscard]] bool is_bool() const noexcept;
    [[nodiscard]] bool is_integer() const noexcept;
    /// An integer is a number too.
    [[nodiscard]] bool is_number() const noexcept;
    [[nodiscard]] bool is_string() const noexcept;
    [[nodiscard]] bool is_array() const noexcept;
    [[nodiscard]] bool is_object() const noexcept;

    [[nodiscard]] bool as_bool() const;
    [[nodiscard]] std::int64_t as_integer() const;
    /// The number; an integer beyond 2⁵³ is rounded.
    [[nodiscard]] double as_real() const;
    [[nodiscard]] const std::string& as_string() const;
    [[nodiscard]] const array& as_array() const;
    [[nodiscard]] const object& as_object() const;

    /// The member called `name`; null if there is none or this is not an object. O(members).
    [[nodiscard]] const json* find(std::string_view name) const noexcept;

    /// The member called `name`, which is added if it is new; a null becomes an object.
    json& operator[](std::string_view name);
    /// Appends to an array; a null becomes an array.
    void push_back(json value);

    /// The name of the kind of value, such as "an object", for messages.
    [[nodiscard]] const char* kind_name() const noexcept;

    friend bool operator==(const json& left, const json& right);

  private:
    template <class Kind>
    [[nodiscard]] const Kind& get(const char* expected) const;

    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, array, object> value_;
};

/// A member of a JSON object. Destructures as `auto& [name, value]`.
struct json_member {
    std::string name;
    json value;

    friend bool operator==(const json_member& left, const json_member& right) = default;
};

// All members are defined here, where `json_member` is complete.

inline json::json() noexcept : value_{nullptr} {}
inline json::json(std::nullptr_t) noexcept : value_{nullptr} {}
template <std::same_as<bool> Bool>
json::json(Bool value) : value_{value} {}
template <std::integral Integer>
requires(!std::same_as<Integer, bool>) json::json(Integer value)
    : value_{static_cast<std::int64_t>(value)} {
    if (!std::in_range<std::int64_t>(value))
        throw data_error{"the integer " + std::to_string(value) +
                         " is too large for JSON; expected at most 9223372036854775807"};
}
inline json::json(double value) : value_{value} {}
inline json::json(const char* value) : value_{std::string{value}} {}
inline json::json(std::string_view value) : value_{std::string{value}} {}
inline json::json(std::string value) : value_{std::move(value)} {}
inline json::json(array value) : value_{std::move(value)} {}
inline json::json(object value) : value_{std::move(value)} {}

inline bool json::is_null() const noexcept {
    return std::holds_alternative<std::nullptr_t>(value_);
}
inline bool json::is_bool() const noexcept { return std::holds_alternative<bool>(value_); }
inline bool json::is_integer() const noexcept {
    return std::holds_alternative<std::int64_t>(value_);
}
inline bool json::is_number() const noexcept {
    return is_integer() || std::holds_alternative<double>(value_);
}
inline bool json::is_string() const noexcept { return std::holds_alternative<std::string>(value_); }
inline bool json::is_array() const noexcept { return std::holds_alternative<array>(value_); }
inline bool json::is_object() const noexcept { return std::holds_alternative<object>(value_); }

inline const char* json::kind_name() const noexcept {
    static constexpr const char* names[] = {"null",   "a truth value", "an integer", "a number",
                                            "a text", "an array",      "an object"};
    return names[value_.index()];
}

template <class Kind>
const Kind& json::get(const char* expected) const {
    if (const Kind* held = std::get_if<Kind>(&value_))
        return *held;
    throw data_error{std::string{"JSON: expected "} + expected + ", found " + kind_name()};
}

inline bool json::as_bool() const { return get<bool>("a truth value"); }
inline std::int64_t json::as_integer() const { return get<std::int64_t>("an integer"); }
inline double json::as_real() const {
    return is_integer() ? static_cast<double>(as_integer()) : get<double>("a number");
}
inline const std::string& json::as_string() const { return get<std::string>("a text"); }
inline const json::array& json::as_array() const { return get<array>("an array"); }
inline const json::object& json::as_object() const { return get<object>("an object"); }

inline const json* json::find(std::string_view name) const noexcept {
    if (const object* members = std::get_if<object>(&value_))
        for (const json_member& member : *members)
            if (member.name == name)
                return &member.value;
    return nullptr;
}

inline json& json::operator[](std::string_view name) {
    if (is_null())
        value_ = object{};
    (void)as_object();
    object& members = std::get<object>(value_);
    const auto found = std::ranges::find(members, name, &json_member::name);
    if (found != members.end())
        return found->value;
    members.push_back({std::string{name}, {}});
    return members.back().value;
}

inline void json::push_back(json value) {
    if (is_null())
        value_ = array{};
    (void)as_array();
    std::get<array>(value_).push_back(std::move(value));
}

inline bool operator==(const json& left, const json& right) { return left.value_ == right.value_; }

} // namespace hybrec
