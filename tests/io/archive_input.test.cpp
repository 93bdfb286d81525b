// SPDX-License-Identifier: MIT
#include <hybrec/io/archive_input.hpp>

#include "toy_model.hpp"

#include <hybrec/io/archive_output.hpp>

#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace hr = hybrec;

static_assert(hr::archive_reader<hr::archive_input>);
static_assert(!hr::archive_writer<hr::archive_input>);

TEST_CASE("archive_input") {
    const toy::temporary_folder folder;
    const auto path = folder / "a.safetensors";

    SUBCASE("gives back what was written, to the bit") {
        const std::vector<double> reals = {
            0.1, -0.0, 1e-310, 1e300, 1.0 / 3.0, std::numeric_limits<double>::infinity()};
        hr::archive_output output{"toy"};
        for (std::size_t at = 0; at < reals.size(); ++at)
            output.write_real("real" + std::to_string(at), reals[at]);
        output.write_real("nan", std::nan(""));
        output.write_integer("least", std::numeric_limits<std::int64_t>::min());
        output.write_text("empty", "");
        output.write_tensor("none", std::span<const std::uint32_t>{}, {0, 4});
        output.write(path);

        hr::archive_input input{path};
        CHECK(input.model() == "toy");
        for (std::size_t at = 0; at < reals.size(); ++at) {
            CAPTURE(reals[at]);
            CHECK(std::bit_cast<std::uint64_t>(input.read_real("real" + std::to_string(at))) ==
                  std::bit_cast<std::uint64_t>(reals[at]));
        }
        CHECK(std::isnan(input.read_real("nan")));
        CHECK(input.read_integer("least") == std::numeric_limits<std::int64_t>::min());
        CHECK(input.read_text("empty").empty());
        CHECK_THROWS_AS(input.refuse_unread(), hr::archive_error);
        const hr::tensor<std::uint32_t> none = input.read_tensor<std::uint32_t>("none");
        CHECK(none.shape.rows == 0);
        CHECK(none.shape.columns == 4);
        input.refuse_unread();
    }
    SUBCASE("refuses what is missing or of another kind, naming it") {
        hr::archive_output output{"toy"};
        output.write_text("text", "5");
        output.write_integer("integer", 5);
        output.write_tensor("matrix", std::span<const float>{std::array{1.0F}}, {1, 1});
        output.file().add_text("model.integer.odd", "5x");
        output.file().add_text("model.real.odder", "");
        output.file().add_tensor<float>("model.cube", std::array{1.0F},
                                        std::vector<std::uint64_t>{1, 1, 1});
        output.file().add_tensor<float>("model.vector", std::array{1.0F, 2.0F},
                                        std::vector<std::uint64_t>{2});
        output.write(path);

        hr::archive_input input{path};
        CHECK(input.has("text"));
        CHECK(input.has("matrix"));
        CHECK_FALSE(input.has("other"));
        CHECK_THROWS_WITH_AS(
            (void)input.read_integer("other"),
            (path.string() + ": field \"other\": is missing; expected an integer").c_str(),
            hr::archive_error);
        CHECK_THROWS_WITH_AS(
            (void)input.read_integer("text"),
            (path.string() + ": field \"text\": is of another kind; expected an integer").c_str(),
            hr::archive_error);
        CHECK_THROWS_AS((void)input.read_real("integer"), hr::archive_error);
        CHECK_THROWS_AS((void)input.read_text("integer"), hr::archive_error);
        CHECK_THROWS_AS((void)input.read_integer("odd"), hr::archive_error);
        CHECK_THROWS_AS((void)input.read_real("odder"), hr::archive_error);
        CHECK_THROWS_AS((void)input.read_tensor<float>("text"), hr::archive_error);
        CHECK_THROWS_AS((void)input.read_tensor<double>("matrix"), hr::archive_error);
        CHECK_THROWS_AS((void)input.read_tensor<float>("cube"), hr::archive_error);
        CHECK(input.read_tensor<float>("vector").shape.rows == 2);
        CHECK(input.read_tensor<float>("vector").shape.columns == 1);
        CHECK_THROWS_WITH_AS(input.refuse("alpha", "is odd"),
                             (path.string() + ": field \"alpha\": is odd").c_str(),
                             hr::archive_error);
    }
    SUBCASE("refuses files of others and of a later time") {
        const auto message = [&](std::string_view bytes) -> std::string {
            toy::write_bytes(path, bytes);
            try {
                const hr::archive_input input{path};
            } catch (const hr::archive_error& problem) {
                return problem.what();
            }
            return "";
        };
        CHECK(message(toy::raw_file("{}")).find("was not written by hybrec") != std::string::npos);
        CHECK(message(toy::raw_file(R"({"__metadata__":{"format":"pt"}})"))
                  .find("was not written by hybrec") != std::string::npos);
        CHECK(
            message(toy::raw_file(R"({"__metadata__":{"format":"hybrec","hybrec.version":"2",)"
                                  R"("hybrec.model":"toy"}})"))
                .find("has version 2, written by a newer hybrec; this one reads up to version 1") !=
            std::string::npos);
        for (const char* version : {"0", "-1", "", "1x", "one"})
            CHECK(message(
                      toy::raw_file(
                          std::string{R"({"__metadata__":{"format":"hybrec","hybrec.version":")"} +
                          version + R"(","hybrec.model":"toy"}})"))
                      .find("expected a number from 1 to 1") != std::string::npos);
        CHECK(message(toy::raw_file(R"({"__metadata__":{"format":"hybrec","hybrec.version":"1",)"
                                    R"("hybrec.model":"toy"}})"))
                  .find("has no \"hybrec.checksum\"") != std::string::npos);
        CHECK(message(toy::raw_file(R"({"__metadata__":{"format":"hybrec","hybrec.version":"1",)"
                                    R"("hybrec.model":"toy","hybrec.checksum":"12"}})"))
                  .find("does not have the form") != std::string::npos);
    }
}
