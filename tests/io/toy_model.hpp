// SPDX-License-Identifier: MIT
/// @file
/// A small model and a temporary folder for the tests of io.
#pragma once

#include <hybrec/concepts/archive.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace toy {

/// A folder that is removed with everything in it.
class temporary_folder {
  public:
    temporary_folder() {
        static int counter = 0;
        path_ = std::filesystem::temp_directory_path() /
                ("hybrec-io-" + std::to_string(::getpid()) + "-" + std::to_string(counter++));
        std::filesystem::create_directories(path_);
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
        return path_ / name;
    }
    [[nodiscard]] std::size_t file_count() const {
        const std::filesystem::directory_iterator files{path_};
        return static_cast<std::size_t>(std::distance(begin(files), end(files)));
    }

  private:
    std::filesystem::path path_;
};

inline std::string read_bytes(const std::filesystem::path& path) {
    std::ifstream file{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
}

inline void write_bytes(const std::filesystem::path& path, std::string_view bytes) {
    std::ofstream file{path, std::ios::binary | std::ios::trunc};
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

/// A file with the given header and data.
inline std::string raw_file(std::string_view header, std::string_view data = {}) {
    std::string bytes(8, '\0');
    for (std::size_t at = 0; at < 8; ++at)
        bytes[at] = static_cast<char>((std::uint64_t{header.size()} >> (8 * at)) & 0xFFU);
    return bytes.append(header).append(data);
}

/// What a model looks like to an archive.
struct model {
    std::vector<float> user_factors = {1.5F, -2.0F, 0.25F, 3.0F};
    std::vector<float> item_factors = {1.0F, 2.0F, 3.0F, 4.0F, 5.0F, 6.0F};
    std::vector<double> bias = {0.1, 0.2, 0.3};
    std::int64_t iterations = 15;
    double regularization = 0.1;
    std::string solver = "caf\xC3\xA9 \"exact\"\n";

    [[nodiscard]] std::size_t user_count() const { return user_factors.size() / 2; }
    [[nodiscard]] std::size_t item_count() const { return item_factors.size() / 2; }

    static std::string type_name() { return "toy<exact>"; }

    void save(hybrec::archive_writer auto& archive) const {
        archive.write_text("solver", solver);
        archive.write_integer("iterations", iterations);
        archive.write_real("regularization", regularization);
        archive.write_tensor("user_factors", std::span{user_factors}, {user_count(), 2});
        archive.write_tensor("item_factors", std::span{item_factors}, {item_count(), 2});
        archive.write_tensor("bias", std::span{bias}, {bias.size(), 1});
    }

    static model load(hybrec::archive_reader auto& archive) {
        model result;
        result.solver = archive.read_text("solver");
        result.iterations = archive.read_integer("iterations");
        result.regularization = archive.read_real("regularization");
        const auto users = archive.template read_tensor<float>("user_factors");
        const auto items = archive.template read_tensor<float>("item_factors");
        if (users.shape.columns != items.shape.columns)
            archive.refuse("user_factors", "has another number of factors than item_factors");
        result.user_factors = users.values;
        result.item_factors = items.values;
        result.bias = archive.template read_tensor<double>("bias").values;
        return result;
    }

    friend bool operator==(const model&, const model&) = default;
};

} // namespace toy
