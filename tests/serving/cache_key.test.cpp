// SPDX-License-Identifier: MIT
#include <hybrec/serving/cache_key.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace hybrec;

namespace {

struct without_key {
    int device;
};
struct comparable_only {
    int device;
    friend bool operator==(const comparable_only&, const comparable_only&) = default;
};
struct by_hour {
    long second = 0;
    [[nodiscard]] long cache_key() const { return second / 3600; }
};
struct from_country {
    std::string country;
    [[nodiscard]] const std::string& cache_key() const noexcept { return country; }
};
struct hashed {
    int device = 0;
    friend bool operator==(const hashed&, const hashed&) = default;
};

} // namespace

template <>
struct std::hash<hashed> {
    std::size_t operator()(const hashed& value) const noexcept {
        return static_cast<std::size_t>(value.device);
    }
};

static_assert(cacheable_context<no_context> && cacheable_context<int> &&
              cacheable_context<std::string> && cacheable_context<by_hour> &&
              cacheable_context<hashed> && cacheable_context<from_country>);
static_assert(!cacheable_context<without_key> && !cacheable_context<comparable_only>);

TEST_CASE("a context says which part of it counts") {
    CHECK(cache_key_of(by_hour{3599}) == 0);
    CHECK(cache_key_of(by_hour{3600}) == 1);
    CHECK(cache_key_of(hashed{3}) == hashed{3});
    CHECK(hash_of_key(cache_key_of(hashed{3})) == 3);
    CHECK(hash_of_key(no_context{}) == 0);
    CHECK(comparable_only{3} == comparable_only{3}); // which is not enough
}

TEST_CASE("combined hashes depend on both values and their order") {
    using detail::hash_combine;
    CHECK(hash_combine(1, 2) != hash_combine(2, 1));
    CHECK(hash_combine(hash_combine(0, 1), 2) != hash_combine(hash_combine(0, 2), 1));
    CHECK(hash_combine(0, 0) != hash_combine(0, 1));
    CHECK(hash_combine(0, 0) != hash_combine(1, 0));
}
