// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/archive_table.hpp>

#include <doctest/doctest.h>

#include <map>
#include <stdexcept>
#include <string>
#include <vector>

using namespace hybrec;

namespace {

/// An archive in memory, for one type of values.
struct memory_archive {
    std::map<std::string, tensor<float>, std::less<>> tensors;

    void write_text(std::string_view, std::string_view) {}
    void write_integer(std::string_view, std::int64_t) {}
    void write_real(std::string_view, double) {}
    template <tensor_element T>
    void write_tensor(std::string_view name, std::span<const T> values, tensor_shape shape) {
        tensors.emplace(std::string{name},
                        tensor<float>{shape, std::vector<float>(values.begin(), values.end())});
    }
    [[nodiscard]] bool has(std::string_view name) const { return tensors.contains(name); }
    [[nodiscard]] std::string read_text(std::string_view) { return {}; }
    [[nodiscard]] std::int64_t read_integer(std::string_view) { return 0; }
    [[nodiscard]] double read_real(std::string_view) { return 0; }
    template <tensor_element T>
    [[nodiscard]] tensor<T> read_tensor(std::string_view name) {
        const tensor<float>& found = tensors.find(name)->second;
        return {found.shape, std::vector<T>(found.values.begin(), found.values.end())};
    }
    [[noreturn]] void refuse(std::string_view name, const std::string& reason) {
        throw std::runtime_error{std::string{name} + ": " + reason};
    }
};

} // namespace

TEST_CASE("a factor table comes back from an archive without its padding") {
    factor_table<item_index, float> table(3, 5);
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t factor = 0; factor < 5; ++factor)
            table.row(item_index(row))[factor] = static_cast<float>(10 * row + factor);
    memory_archive archive;
    save_table(archive, "items", table);
    CHECK(archive.tensors.at("items").values.size() == 15);
    CHECK(load_table<item_index, float>(archive, "items", 5) == table);
    CHECK_THROWS_WITH((void)(load_table<item_index, float>(archive, "items", 4)),
                      doctest::Contains("expected 4 factors, found 5"));
    archive.tensors.at("items").values[7] = std::numeric_limits<float>::infinity();
    CHECK_THROWS_WITH((void)(load_table<item_index, float>(archive, "items", 5)),
                      doctest::Contains("row 1 holds a value that is not finite"));
}
