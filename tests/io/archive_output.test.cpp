// SPDX-License-Identifier: MIT
#include <hybrec/io/archive_output.hpp>

#include "toy_model.hpp"

#include <doctest/doctest.h>

#include <array>
#include <span>

namespace hr = hybrec;

static_assert(hr::archive_writer<hr::archive_output>);
static_assert(!hr::archive_reader<hr::archive_output>);

TEST_CASE("archive_output") {
    const std::array values = {1.0F, 2.0F};
    hr::archive_output archive{"toy"};

    SUBCASE("writes a file that any reader of the format understands") {
        const toy::temporary_folder folder;
        archive.write_text("solver", "exact");
        archive.write_integer("factors", -64);
        archive.write_real("alpha", 0.1);
        archive.write_tensor("users", std::span<const float>{values}, {1, 2});
        archive.write(folder / "a");
        const hr::safetensors_file file{folder / "a"};
        CHECK(*file.find_text("format") == "hybrec");
        CHECK(*file.find_text("hybrec.version") == "1");
        CHECK(*file.find_text("hybrec.model") == "toy");
        CHECK(*file.find_text("model.text.solver") == "exact");
        CHECK(*file.find_text("model.integer.factors") == "-64");
        CHECK(*file.find_text("model.real.alpha") == "0.1");
        REQUIRE(file.find_tensor("model.users") != nullptr);
        CHECK(file.find_tensor("model.users")->shape == std::vector<std::uint64_t>{1, 2});
    }
    SUBCASE("a name is written once, whatever the kind") {
        archive.write_text("a", "x");
        CHECK_THROWS_WITH_AS(archive.write_integer("a", 1), "field \"a\" is written twice",
                             hr::archive_error);
        CHECK_THROWS_AS(archive.write_tensor("a", std::span<const float>{values}, {1, 2}),
                        hr::archive_error);
        CHECK_THROWS_AS(archive.write_real("", 1), hr::archive_error);
    }
    SUBCASE("shapes must fit, texts must be UTF-8") {
        CHECK_THROWS_AS(archive.write_tensor("a", std::span<const float>{values}, {2, 2}),
                        hr::archive_error);
        CHECK_THROWS_AS(archive.write_text("b", "\xC3"), hr::archive_error);
    }
}
