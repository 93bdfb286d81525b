// SPDX-License-Identifier: MIT
/// @file
/// NumPy's .npy files: one-dimensional arrays of plain numbers, as peers and hybrec exchange them.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/sparse/csr.hpp>

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec::benchmarks {

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

/// NumPy's name of a type, such as "<f4".
template <class T>
[[nodiscard]] std::string npy_type() {
    const char kind = std::floating_point<T> ? 'f' : std::is_signed_v<T> ? 'i' : 'u';
    return std::string{"<"} + kind + std::to_string(sizeof(T));
}

/// Writes format 1.0: magic, version, length of the header, header, values.
template <class T>
void write_npy(const std::filesystem::path& path, std::span<const T> values) {
    std::string header = "{'descr': '" + npy_type<T>() + "', 'fortran_order': False, 'shape': (" +
                         std::to_string(values.size()) + ",), }";
    header.append(63 - (10 + header.size()) % 64, ' '); // the values start at a multiple of 64
    header += '\n';
    std::ofstream file{path, std::ios::binary};
    const auto length = static_cast<std::uint16_t>(header.size());
    file.write("\x93NUMPY\x01\x00", 8);
    file.write(reinterpret_cast<const char*>(&length), 2);
    file << header;
    file.write(reinterpret_cast<const char*>(values.data()),
               static_cast<std::streamsize>(values.size_bytes()));
    if (!file.flush())
        throw data_error{path.string(), 0, 0, "cannot be written"};
}

/// Reads what `write_npy` or `numpy.save` wrote. `T` may be an index: then it is read as its number.
/// @throws data_error if the file is not a one-dimensional array of this type.
template <class T, class Number = T>
[[nodiscard]] bulk_vector<T> read_npy(const std::filesystem::path& path) {
    static_assert(sizeof(T) == sizeof(Number));
    std::ifstream file{path, std::ios::binary};
    std::string start(10, '\0');
    file.read(start.data(), 10);
    if (!file || start.substr(0, 8) != std::string{"\x93NUMPY\x01\x00", 8})
        throw data_error{path.string(), 0, 0, "is not a .npy file of version 1.0"};
    const std::size_t length = static_cast<unsigned char>(start[8]) +
                               std::size_t{256} * static_cast<unsigned char>(start[9]);
    std::string header(length, '\0');
    file.read(header.data(), static_cast<std::streamsize>(length));
    const std::size_t shape = header.find("'shape': (");
    if (!file || header.find("'" + npy_type<Number>() + "'") == std::string::npos ||
        shape == std::string::npos || header.find(",)", shape) == std::string::npos)
        throw data_error{path.string(), 0, 0,
                         "expected a one-dimensional array of " + npy_type<Number>() +
                             ", found the header " + header};
    bulk_vector<T> values(std::stoull(header.substr(shape + 10)));
    file.read(reinterpret_cast<char*>(values.data()),
              static_cast<std::streamsize>(values.size() * sizeof(T)));
    if (!file)
        throw data_error{path.string(), 0, 0, "ends before its last value"};
    return values;
}

/// A matrix as a folder of arrays: `indptr` (int64), `indices` (int32), `data` (float32), and
/// `shape` (int64: rows, columns), as SciPy calls them.
inline void write_matrix(const std::filesystem::path& folder, const user_items& matrix) {
    std::filesystem::create_directories(folder);
    const std::vector<std::int64_t> indptr(matrix.offsets().begin(), matrix.offsets().end());
    std::vector<std::int32_t> indices;
    indices.reserve(matrix.entry_count());
    for (const item_index item : matrix.columns())
        indices.push_back(static_cast<std::int32_t>(item.value()));
    const std::vector<std::int64_t> shape{static_cast<std::int64_t>(matrix.row_count()),
                                          static_cast<std::int64_t>(matrix.column_count())};
    write_npy<std::int64_t>(folder / "indptr.npy", indptr);
    write_npy<std::int32_t>(folder / "indices.npy", indices);
    write_npy<float>(folder / "data.npy", matrix.values());
    write_npy<std::int64_t>(folder / "shape.npy", shape);
}

/// Reads what `write_matrix` wrote. @throws data_error, shape_error.
[[nodiscard]] inline user_items read_matrix(const std::filesystem::path& folder) {
    static_assert(sizeof(item_index) == sizeof(std::int32_t) && sizeof(offset) == 8);
    const auto shape = read_npy<std::int64_t>(folder / "shape.npy");
    if (shape.size() != 2 || shape[1] < 0)
        throw data_error{(folder / "shape.npy").string(), 0, 0, "expected rows and columns"};
    auto offsets = read_npy<offset, std::int64_t>(folder / "indptr.npy");
    auto columns = read_npy<item_index, std::int32_t>(folder / "indices.npy");
    auto values = read_npy<float>(folder / "data.npy");
    const auto column_count = static_cast<std::size_t>(shape[1]);
    // Checked here, and then handed over: the peak of memory is to be that of the job.
    check_csr(offsets, columns, values, column_count);
    return {trusted, std::move(offsets), std::move(columns), std::move(values), column_count};
}

} // namespace hybrec::benchmarks
