// SPDX-License-Identifier: MIT
#include <hybrec/core/error.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <limits>
#include <stdexcept>
#include <string>

namespace hr = hybrec;

static_assert(std::derived_from<hr::error, std::runtime_error>);
static_assert(std::derived_from<hr::option_error, hr::error>);
static_assert(std::derived_from<hr::data_error, hr::error>);
static_assert(std::derived_from<hr::shape_error, hr::error>);
static_assert(std::derived_from<hr::unknown_id_error, hr::error>);
static_assert(std::derived_from<hr::numeric_error, hr::error>);
static_assert(std::derived_from<hr::not_fitted_error, hr::error>);
static_assert(std::derived_from<hr::memory_budget_error, hr::error>);
static_assert(std::derived_from<hr::archive_error, hr::error>);
static_assert(std::derived_from<hr::cancelled, hr::error>);
static_assert(!std::derived_from<hr::data_error, hr::option_error>);

TEST_CASE("data_error") {
    const hr::data_error placed{"log.csv", 12, 3, "what is wrong"};
    CHECK(std::string{placed.what()} == "log.csv:12:3: what is wrong");
    CHECK(placed.line() == 12);
    CHECK(placed.column() == 3);
    CHECK(std::string{hr::data_error("log.csv", 12, 0, "x").what()} == "log.csv:12: x");
    CHECK(std::string{hr::data_error("log.csv", 0, 0, "x").what()} == "log.csv: x");
    const hr::data_error bare{"no place"};
    CHECK(std::string{bare.what()} == "no place");
    CHECK(bare.line() == 0);
}

TEST_CASE("errors that phrase themselves") {
    CHECK(std::string{hr::not_fitted_error{"implicit_als"}.what()} ==
          "implicit_als has not been fitted or loaded yet; call fit() first");
    CHECK(std::string{hr::cancelled{}.what()}.find("cancelled") != std::string::npos);
}

TEST_CASE("require_option") {
    const auto text = [](double value) -> std::string {
        try {
            hr::require_option(false, "als", "factors", value, "at least 1");
        } catch (const hr::option_error& error) {
            return error.what();
        }
        return {};
    };
    CHECK(text(0) == "als: factors is 0; expected at least 1");
    CHECK(text(-3) == "als: factors is -3; expected at least 1");
    CHECK(text(123456789) == "als: factors is 123456789; expected at least 1");
    CHECK(text(0.25) == "als: factors is 0.25; expected at least 1");
    CHECK(text(static_cast<double>(0.1F)) == "als: factors is 0.1; expected at least 1");
    CHECK(text(-1e-9) == "als: factors is -1e-09; expected at least 1"); // not -0.000000
    CHECK(text(1e300) == "als: factors is 1e+300; expected at least 1");
    CHECK(text(std::numeric_limits<double>::infinity()).find("inf") != std::string::npos);
    CHECK(text(std::numeric_limits<double>::quiet_NaN()).find("nan") != std::string::npos);
    CHECK_NOTHROW(hr::require_option(true, "als", "factors", 1, "at least 1"));
}
