// SPDX-License-Identifier: MIT
/// @file
/// What the examples share as programs: arguments, errors, files.
#pragma once

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

/// A program's name, how it is called, and which options it has.
struct program {
    std::string name;
    std::string_view usage;
    std::vector<std::string> options{"--json"}; ///< those with a value
    std::vector<std::string> switches{};        ///< those without
};

/// What it was called with: at most one data set, and options.
struct arguments {
    std::string data;
    std::map<std::string, std::string> options; ///< values by name; of switches empty

    [[nodiscard]] bool has(const std::string& name) const { return options.contains(name); }
    /// Empty if the option is not given.
    [[nodiscard]] std::string value(const std::string& name) const {
        return has(name) ? options.at(name) : std::string{};
    }
};

/// @throws std::invalid_argument
inline arguments read_arguments(const program& self, int count, char** values) {
    arguments result;
    for (int at = 1; at < count; ++at) {
        const std::string word = values[at];
        const auto is_one_of = [&](const std::vector<std::string>& names) {
            return std::ranges::find(names, word) != names.end();
        };
        if (is_one_of(self.options)) {
            if (++at == count)
                throw std::invalid_argument{word + " needs a value"};
            result.options[word] = values[at];
        } else if (is_one_of(self.switches)) {
            result.options[word];
        } else if (word.starts_with("--")) {
            throw std::invalid_argument{"unknown option " + word};
        } else if (!result.data.empty()) {
            throw std::invalid_argument{"there is more than one data set: " + word};
        } else {
            result.data = word;
        }
    }
    return result;
}

/// Runs `body` with the arguments; the result is the program's. Help goes to the output, errors go to
/// the error stream: 2 for wrong arguments, 1 for all else.
template <class Body>
int run_program(const program& self, int count, char** values, Body&& body) {
    try {
        for (int at = 1; at < count; ++at)
            if (const std::string_view word = values[at]; word == "--help" || word == "-h") {
                std::cout << self.usage;
                return 0;
            }
        body(read_arguments(self, count, values));
        return 0;
    } catch (const std::invalid_argument& problem) {
        std::cerr << self.name << ": " << problem.what() << "\n\n" << self.usage;
        return 2;
    } catch (const std::exception& problem) {
        std::cerr << self.name << ": " << problem.what() << '\n';
        return 1;
    }
}

/// Writes the file that `option` names, if it is given. @throws std::runtime_error
inline void write_file(const arguments& given, const std::string& option, const std::string& text) {
    if (!given.has(option))
        return;
    const std::string path = given.value(option);
    std::ofstream file{path, std::ios::binary};
    file << text << std::flush;
    if (!file)
        throw std::runtime_error{"cannot write " + path};
}

/// A path for a file of this run alone, in the folder for temporary files: two runs at the same time do
/// not get into each other's way. A file that was written there is removed at the end.
class scratch_file {
  public:
    explicit scratch_file(const std::string& name)
        : path_{std::filesystem::temp_directory_path() /
                ("hybrec_" + std::to_string(std::random_device{}()) + "_" + name)} {}
    scratch_file(const scratch_file&) = delete;
    scratch_file& operator=(const scratch_file&) = delete;
    ~scratch_file() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    [[nodiscard]] std::string path() const { return path_.string(); }
    [[nodiscard]] bool exists() const { return std::filesystem::exists(path_); }

  private:
    std::filesystem::path path_;
};
