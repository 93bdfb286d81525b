// SPDX-License-Identifier: MIT
#include "../npy.hpp"

#include "../shapes.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

namespace hr = hybrec;
namespace hb = hybrec::benchmarks;

TEST_CASE("npy files") {
    const std::filesystem::path folder =
        std::filesystem::temp_directory_path() / ("hybrec-npy-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const std::filesystem::path path = folder / "a.npy";

    SUBCASE("bring back what was written, behind a header of whole lines") {
        const hr::bulk_vector<float> values{1, -2.5f, 3};
        hb::write_npy<float>(path, values);
        CHECK(hb::read_npy<float>(path) == values);
        CHECK(std::filesystem::file_size(path) % 64 == sizeof(float) * values.size());
        std::ifstream file{path, std::ios::binary};
        std::string text(128, '\0');
        file.read(text.data(), 128);
        CHECK(text.find("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }") == 10);
        CHECK(text.find('\n') == 127);
    }
    SUBCASE("bring back a matrix") {
        const hr::user_items matrix = hb::make_shape(*hb::find_shape("tiny"));
        hb::write_matrix(folder / "matrix", matrix);
        CHECK(hb::read_matrix(folder / "matrix") == matrix);
    }
    SUBCASE("are refused if they are something else") {
        const std::vector<std::int64_t> values{1, 2};
        hb::write_npy<std::int64_t>(path, values);
        CHECK_THROWS_AS((void)hb::read_npy<float>(path), hr::data_error);
        std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
        CHECK_THROWS_AS((void)hb::read_npy<std::int64_t>(path), hr::data_error);
        std::ofstream{path} << "text";
        CHECK_THROWS_AS((void)hb::read_npy<std::int64_t>(path), hr::data_error);
        CHECK_THROWS_AS((void)hb::read_npy<float>(folder / "none.npy"), hr::data_error);
    }
    std::filesystem::remove_all(folder);
}
