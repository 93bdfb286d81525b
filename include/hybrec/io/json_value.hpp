// SPDX-License-Identifier: MIT
/// @file
/// A JSON value: null, truth value, number, text, array or object.
#pragma once

#include <hybrec/core/error.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
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
    enum class kind : unsigned char { null, boolean, integer, real, text, list, members };

    void require(kind expected) const;
    [[nodiscard]] static const char* name_of(kind one) noexcept;

    // One member for each kind, of which `kind_` names the one in use. A variant would do the same in
    // less memory, but costs every program that includes this a third of a second of compiling.
    kind kind_ = kind::null;
    union {
        bool boolean_;
        std::int64_t integer_ = 0;
        double real_;
    };
    std::string text_;
    array list_;
    object members_;
};

/// A member of a JSON object. Destructures as `auto& [name, value]`.
struct json_member {
    std::string name;
    json value;

    friend bool operator==(const json_member& left, const json_member& right) = default;
};

// All members are defined here, where `json_member` is complete.

inline json::json() noexcept = default;
inline json::json(std::nullptr_t) noexcept {}
template <std::same_as<bool> Bool>
json::json(Bool value) : kind_{kind::boolean}, boolean_{value} {}
template <std::integral Integer>
requires(!std::same_as<Integer, bool>) json::json(Integer value)
    : kind_{kind::integer}, integer_{static_cast<std::int64_t>(value)} {
    if (!std::in_range<std::int64_t>(value))
        fail<data_error>({"the integer ", value,
                          " is too large for JSON; expected at most 9223372036854775807"});
}
inline json::json(double value) : kind_{kind::real}, real_{value} {}
inline json::json(const char* value) : kind_{kind::text}, text_{value} {}
inline json::json(std::string_view value) : kind_{kind::text}, text_{value} {}
inline json::json(std::string value) : kind_{kind::text}, text_{std::move(value)} {}
// Braces would make a list that holds the list.
inline json::json(array value) : kind_{kind::list}, list_(std::move(value)) {}
inline json::json(object value) : kind_{kind::members}, members_(std::move(value)) {}

inline bool json::is_null() const noexcept { return kind_ == kind::null; }
inline bool json::is_bool() const noexcept { return kind_ == kind::boolean; }
inline bool json::is_integer() const noexcept { return kind_ == kind::integer; }
inline bool json::is_number() const noexcept { return is_integer() || kind_ == kind::real; }
inline bool json::is_string() const noexcept { return kind_ == kind::text; }
inline bool json::is_array() const noexcept { return kind_ == kind::list; }
inline bool json::is_object() const noexcept { return kind_ == kind::members; }

inline const char* json::name_of(kind one) noexcept {
    static constexpr const char* names[] = {"null",   "a truth value", "an integer", "a number",
                                            "a text", "an array",      "an object"};
    return names[static_cast<std::size_t>(one)];
}
inline const char* json::kind_name() const noexcept { return name_of(kind_); }

inline void json::require(kind expected) const {
    if (kind_ != expected)
        fail<data_error>({"JSON: expected ", name_of(expected), ", found ", kind_name()});
}

inline bool json::as_bool() const {
    require(kind::boolean);
    return boolean_;
}
inline std::int64_t json::as_integer() const {
    require(kind::integer);
    return integer_;
}
inline double json::as_real() const {
    if (is_integer())
        return static_cast<double>(integer_);
    require(kind::real);
    return real_;
}
inline const std::string& json::as_string() const {
    require(kind::text);
    return text_;
}
inline const json::array& json::as_array() const {
    require(kind::list);
    return list_;
}
inline const json::object& json::as_object() const {
    require(kind::members);
    return members_;
}

inline const json* json::find(std::string_view name) const noexcept {
    for (const json_member& member : members_)
        if (member.name == name)
            return &member.value;
    return nullptr;
}

inline json& json::operator[](std::string_view name) {
    if (is_null())
        kind_ = kind::members;
    require(kind::members);
    for (json_member& member : members_)
        if (member.name == name)
            return member.value;
    members_.push_back({std::string{name}, {}});
    return members_.back().value;
}

inline void json::push_back(json value) {
    if (is_null())
        kind_ = kind::list;
    require(kind::list);
    list_.push_back(std::move(value));
}

inline bool operator==(const json& left, const json& right) {
    if (left.kind_ != right.kind_)
        return false;
    switch (left.kind_) {
    case json::kind::boolean:
        return left.boolean_ == right.boolean_;
    case json::kind::integer:
        return left.integer_ == right.integer_;
    case json::kind::real:
        return left.real_ == right.real_;
    default:
        return left.text_ == right.text_ && left.list_ == right.list_ &&
               left.members_ == right.members_;
    }
}

} // namespace hybrec
