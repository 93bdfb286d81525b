// SPDX-License-Identifier: MIT
#include <hybrec/sparse/archive_csr.hpp>

#include <doctest/doctest.h>

#include <map>
#include <stdexcept>
#include <string>
#include <variant>
#include <vector>

using namespace hybrec;

namespace {

struct memory_archive {
    using any = std::variant<tensor<float>, tensor<std::uint32_t>, tensor<std::uint64_t>>;
    std::map<std::string, any, std::less<>> tensors;

    void write_text(std::string_view, std::string_view) {}
    void write_integer(std::string_view, std::int64_t) {}
    void write_real(std::string_view, double) {}
    template <tensor_element T>
    void write_tensor(std::string_view name, std::span<const T> values, tensor_shape shape) {
        if constexpr (std::is_constructible_v<any, tensor<T>>)
            tensors.emplace(std::string{name},
                            tensor<T>{shape, std::vector<T>(values.begin(), values.end())});
    }
    [[nodiscard]] bool has(std::string_view name) const { return tensors.contains(name); }
    [[nodiscard]] std::string read_text(std::string_view) { return {}; }
    [[nodiscard]] std::int64_t read_integer(std::string_view) { return 0; }
    [[nodiscard]] double read_real(std::string_view) { return 0; }
    template <tensor_element T>
    [[nodiscard]] tensor<T> read_tensor(std::string_view name) {
        if constexpr (std::is_constructible_v<any, tensor<T>>)
            return std::get<tensor<T>>(tensors.find(name)->second);
        return {};
    }
    [[noreturn]] void refuse(std::string_view name, const std::string& reason) {
        throw std::runtime_error{std::string{name} + ": " + reason};
    }
};

} // namespace

TEST_CASE("a sparse matrix comes back from an archive, or is refused") {
    const user_items matrix{
        {0, 2, 2, 3}, {item_index{0}, item_index{4}, item_index{2}}, {1, -2, 3}, 5};
    memory_archive archive;
    CHECK(!has_csr(archive, "history"));
    save_csr(archive, "history", matrix);
    CHECK(has_csr(archive, "history"));
    const auto load = [&](std::size_t rows, std::size_t columns) {
        return load_csr<user_index, item_index, float>(archive, "history", rows, columns);
    };
    CHECK(load(3, 5) == matrix);
    CHECK_THROWS_WITH((void)load(4, 5), doctest::Contains("history_offsets: expected 5 values"));
    CHECK_THROWS_WITH((void)load(3, 4), doctest::Contains("history_columns"));
    std::get<tensor<float>>(archive.tensors.at("history_values")).values[1] =
        std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH((void)load(3, 5), doctest::Contains("history_columns"));
}
