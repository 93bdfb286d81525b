// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/nested_archive.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace hybrec;

static_assert(archive_writer<nested_archive<archetype::archive>>);
static_assert(archive_reader<nested_archive<archetype::archive>>);

namespace {

/// Remembers the names that it is asked for.
struct name_log {
    std::vector<std::string> names{};

    void write_text(std::string_view name, std::string_view) { names.emplace_back(name); }
    void write_integer(std::string_view name, std::int64_t) { names.emplace_back(name); }
    void write_real(std::string_view name, double) { names.emplace_back(name); }
    template <tensor_element T>
    void write_tensor(std::string_view name, std::span<const T>, tensor_shape) {
        names.emplace_back(name);
    }
    bool has(std::string_view name) { return name == "part2.there"; }
    void refuse(std::string_view name, const std::string& reason) {
        throw std::runtime_error{std::string{name} + ": " + reason};
    }
};

} // namespace

TEST_CASE("names within a nested archive begin with its prefix") {
    name_log log;
    nested_archive part{log, part_prefix(2)};
    part.write_text("type", "als");
    part.write_integer("factors", 8);
    part.write_real("rate", 0.5);
    part.write_tensor("items", std::span<const float>{}, {0, 8});
    nested_archive inner{part, "combiner."};
    inner.write_integer("size", 3);
    CHECK(log.names == std::vector<std::string>{"part2.type", "part2.factors", "part2.rate",
                                                "part2.items", "part2.combiner.size"});
    CHECK(part.has("there"));
    CHECK_FALSE(part.has("elsewhere"));
    CHECK_THROWS_WITH_AS(inner.refuse("size", "too large"), "part2.combiner.size: too large",
                         std::runtime_error);
}
