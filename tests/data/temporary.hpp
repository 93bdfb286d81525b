// SPDX-License-Identifier: MIT
/// @file
/// Files that vanish at the end of a test, and the folder of real data.
#pragma once

#include "../mentions.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace hybrec_test {

using hybrec::test::mentions;

/// A folder with a unique name, removed with everything in it.
class temporary_folder {
  public:
    temporary_folder() {
        static std::atomic<unsigned> number{0};
        static const unsigned process = std::random_device{}();
        path_ = std::filesystem::temp_directory_path() /
                ("hybrec_test_" + std::to_string(process) + "_" + std::to_string(number++));
        std::filesystem::create_directories(path_);
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    /// Writes a file and returns its path.
    std::filesystem::path write(std::string_view name, std::string_view contents) const {
        const std::filesystem::path file = path_ / name;
        std::ofstream stream{file, std::ios::binary};
        stream.write(contents.data(), static_cast<std::streamsize>(contents.size()));
        stream.close();
        REQUIRE(stream.good());
        return file;
    }

  private:
    std::filesystem::path path_;
};

/// The folder of real data, if there is one.
[[nodiscard]] inline std::optional<std::filesystem::path> real_data() {
    const char* const folder = std::getenv("HYBREC_DATA");
    if (folder == nullptr || *folder == '\0') {
        MESSAGE("skipped: set HYBREC_DATA to the folder of real data");
        return std::nullopt;
    }
    return std::filesystem::path{folder};
}

/// The message of the `Error` that `call` throws; empty if it throws none.
template <class Error, class Call>
[[nodiscard]] std::string message_of(Call&& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace hybrec_test
