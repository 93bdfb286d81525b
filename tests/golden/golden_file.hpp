// SPDX-License-Identifier: MIT
/// @file
/// Reads recorded matrices: a line "name rows columns", then the rows.
#pragma once

#include <cstddef>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace hybrec::test {

struct golden_matrix {
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::vector<double> values;

    [[nodiscard]] double at(std::size_t row, std::size_t column) const {
        return values.at(row * columns + column);
    }
};

/// All matrices of a file in tests/golden. @throws std::runtime_error if it cannot be read.
inline std::map<std::string, golden_matrix> read_golden(const std::string& file) {
    const std::string path = std::string{HYBREC_TEST_DIR} + "/golden/" + file;
    std::ifstream in{path};
    std::map<std::string, golden_matrix> result;
    std::string name;
    while (in >> name) {
        golden_matrix matrix;
        in >> matrix.rows >> matrix.columns;
        matrix.values.resize(matrix.rows * matrix.columns);
        for (double& value : matrix.values)
            in >> value;
        if (!in)
            throw std::runtime_error{path + ": matrix " + name + " is incomplete"};
        result.emplace(name, std::move(matrix));
    }
    if (result.empty())
        throw std::runtime_error{path + ": cannot be read"};
    return result;
}

} // namespace hybrec::test
