// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/archive_options.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>

using namespace hybrec;

namespace {

struct numbers_archive : archetype::archive {
    std::map<std::string, std::int64_t, std::less<>> numbers;
    void write_integer(std::string_view name, std::int64_t value) {
        numbers[std::string{name}] = value;
    }
    std::int64_t read_integer(std::string_view name) { return numbers.at(std::string{name}); }
    [[noreturn]] void refuse(std::string_view name, const std::string& why) {
        throw archive_error{std::string{name} + ": " + why};
    }
};

struct model_of_small_numbers {
    explicit model_of_small_numbers(int value) {
        require_option(value < 3, "model", "value", value, "below 3");
    }
};

} // namespace

TEST_CASE("options of models come back, or are refused with their names") {
    numbers_archive archive;
    save_size(archive, "factors", 7);
    CHECK(load_size(archive, "factors") == 7);
    archive.write_integer("factors", -1);
    CHECK_THROWS_WITH_AS((void)load_size(archive, "factors"),
                         "factors: expected at least 0, found -1", archive_error);
    CHECK_NOTHROW((void)model_with<model_of_small_numbers>(archive, 2));
    CHECK_THROWS_WITH_AS((void)model_with<model_of_small_numbers>(archive, 3),
                         doctest::Contains("value is 3; expected below 3"), archive_error);
}
