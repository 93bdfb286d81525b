// SPDX-License-Identifier: MIT
/// @file
/// How far one half-step of a solver stays from the exact solution, from a common warm start.
#pragma once

#include "npy.hpp"

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <type_traits>
#include <vector>

namespace hybrec::benchmarks {

template <class Index>
[[nodiscard]] factor_table<Index, float> read_factors(const std::filesystem::path& path,
                                                      std::size_t factors) {
    const auto values = read_npy<float>(path);
    factor_table<Index, float> table(values.size() / factors, factors);
    for (std::size_t row = 0; row < table.rows(); ++row)
        std::ranges::copy(std::span{values}.subspan(row * factors, factors),
                          table.row(Index(static_cast<std::uint32_t>(row))).begin());
    return table;
}

template <class Index>
void write_factors(const std::filesystem::path& path, const factor_table<Index, float>& table) {
    std::vector<float> values;
    values.reserve(table.rows() * table.factors());
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const auto vector = table.row(Index(static_cast<std::uint32_t>(row)));
        values.insert(values.end(), vector.begin(), vector.end());
    }
    write_npy<float>(path, values);
}

/// The same vectors in another precision.
template <class To, class Index, class From>
[[nodiscard]] factor_table<Index, To> converted(const factor_table<Index, From>& table) {
    factor_table<Index, To> result(table.rows(), table.factors());
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const Index index(static_cast<std::uint32_t>(row));
        std::ranges::transform(table.row(index), result.row(index).begin(),
                               [](From value) { return static_cast<To>(value); });
    }
    return result;
}

/// Writes the warm start, the factors after three exact iterations (`users.npy`, `items.npy`), and
/// the exact solution of the users' half-step from there (`solution.npy`), computed in double
/// precision.
inline void write_half_step(const std::filesystem::path& folder, const user_items& matrix,
                            als_options options, const execution& where) {
    options.iterations = 3;
    options.align_users = false;
    options.keep_history = false;
    implicit_als<exact> model{options};
    model.fit(matrix, where);
    implicit_als<exact, hu_koren_volinsky, double> precise{options};
    precise.set_factors(converted<double>(model.user_factors()),
                        converted<double>(model.item_factors()), where);
    precise.update_users(matrix, where);
    std::filesystem::create_directories(folder);
    write_factors(folder / "users.npy", model.user_factors());
    write_factors(folder / "items.npy", model.item_factors());
    write_factors(folder / "solution.npy", converted<float>(precise.user_factors()));
}

/// ‖X − X*‖ / ‖X*‖ over all users, with X after one half-step of `solver` from the state in
/// `folder`.
template <class Solver>
[[nodiscard]] double half_step_error(const std::filesystem::path& folder, const user_items& matrix,
                                     const als_options& options, const Solver& solver,
                                     const execution& where) {
    implicit_als<Solver> model{options, solver};
    model.set_factors(read_factors<user_index>(folder / "users.npy", options.factors),
                      read_factors<item_index>(folder / "items.npy", options.factors), where);
    model.update_users(matrix, where);
    const auto solution = read_factors<user_index>(folder / "solution.npy", options.factors);
    double distance = 0, length = 0;
    for (std::size_t row = 0; row < solution.rows(); ++row) {
        const user_index user(static_cast<std::uint32_t>(row));
        for (std::size_t factor = 0; factor < options.factors; ++factor) {
            const auto wanted = static_cast<double>(solution.row(user)[factor]);
            const auto found = static_cast<double>(model.user_factors().row(user)[factor]);
            distance += (found - wanted) * (found - wanted);
            length += wanted * wanted;
        }
    }
    return std::sqrt(distance / length);
}

} // namespace hybrec::benchmarks
