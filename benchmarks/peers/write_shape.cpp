// SPDX-License-Identifier: MIT
/// @file
/// Writes the matrix of a shape or data set as .npy files, so that peers read the same one.
/// Usage: write_shape SHAPE FOLDER, or write_shape SHAPE --csv FILE for a log with text ids
#include "../load_matrix.hpp"
#include "../npy.hpp"

#include <hybrec/core/clock.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <fstream>
#include <numeric>
#include <string>

namespace {

/// Lines `user,item,rating,timestamp` in the order of a log: users come and go.
void write_csv(const std::string& path, const hybrec::user_items& matrix) {
    std::ofstream file{path, std::ios::binary};
    file << "user,item,rating,timestamp\n";
    const std::size_t entries = matrix.entry_count();
    // A stride without a common divisor visits every entry once.
    std::size_t stride = entries / 55 * 34 + 1;
    while (std::gcd(stride, entries) != 1)
        ++stride;
    const auto offsets = matrix.offsets();
    std::string text;
    for (std::size_t line = 0, entry = 0; line < entries;
         ++line, entry = (entry + stride) % entries) {
        const auto user =
            std::upper_bound(offsets.begin(), offsets.end(), entry) - offsets.begin() - 1;
        char row[64];
        const int length =
            std::snprintf(row, sizeof row, "USR_%07d,PROD_%06u,%.1f,%zu\n", static_cast<int>(user),
                          static_cast<unsigned>(matrix.columns()[entry].value()),
                          static_cast<double>(matrix.values()[entry]), 1'467'331'200 + line);
        text.append(row, static_cast<std::size_t>(length));
        if (text.size() > (1u << 20)) {
            file << text;
            text.clear();
        }
    }
    file << text;
    if (!file.flush())
        throw hybrec::data_error{path, 0, 0, "cannot be written"};
}

} // namespace

int main(int argc, char** argv) {
    const bool csv = argc == 4 && std::string{argv[2]} == "--csv";
    if (argc != 3 && !csv) {
        std::fprintf(stderr, "usage: write_shape SHAPE FOLDER | write_shape SHAPE --csv FILE\n");
        return 2;
    }
    try {
        const hybrec::stopwatch watch;
        const auto matrix = hybrec::benchmarks::load_matrix(argv[1]);
        const double seconds = watch.seconds();
        if (csv)
            write_csv(argv[3], matrix);
        else
            hybrec::benchmarks::write_matrix(argv[2], matrix);
        std::printf("%s: %zu x %zu, %zu entries, made in %.1f s\n", argv[1], matrix.row_count(),
                    matrix.column_count(), matrix.entry_count(), seconds);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "write_shape: %s\n", problem.what());
        return 1;
    }
}
