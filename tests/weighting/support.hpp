// SPDX-License-Identifier: MIT
/// @file
/// Small matrices and logs that the tests of weighting share.
#pragma once

#include "../mentions.hpp"

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace weighting_tests {

using hybrec::test::mentions;

using doubles = hybrec::csr_matrix<hybrec::user_index, hybrec::item_index, double>;

/// A matrix from rows of values in full; zeros are not stored.
template <class Matrix>
Matrix dense(const std::vector<std::vector<double>>& rows) {
    using value = typename Matrix::value_type;
    std::vector<hybrec::triplet<hybrec::user_index, hybrec::item_index, value>> entries;
    for (std::size_t row = 0; row < rows.size(); ++row)
        for (std::size_t column = 0; column < rows[row].size(); ++column)
            entries.push_back({hybrec::user_index(row), hybrec::item_index(column),
                               static_cast<value>(rows[row][column])});
    return hybrec::build_csr<hybrec::user_index, hybrec::item_index, value>(
        entries, {.row_count = rows.size(), .column_count = rows.empty() ? 0 : rows[0].size()});
}

/// 1000 × 57 with about 20 % of entries, values of 1 to 9.
inline doubles random_matrix() {
    const hybrec::counter_random random{3};
    std::vector<std::vector<double>> rows(1000, std::vector<double>(57));
    std::uint64_t position = 0;
    for (auto& row : rows)
        for (double& value : row) {
            value = random.uniform(position) < 0.2
                        ? static_cast<double>(1 + random.below(9, position + 1)) / 7
                        : 0;
            position += 2;
        }
    return dense<doubles>(rows);
}

/// Whether two matrices store entries at the same places.
template <class Matrix>
bool same_pattern(const Matrix& left, const Matrix& right) {
    return left.column_count() == right.column_count() &&
           std::ranges::equal(left.offsets(), right.offsets()) &&
           std::ranges::equal(left.columns(), right.columns());
}

/// Whether `scheme` gives the same bits for 1, 2 and 3 threads.
template <class Scheme, class Input>
bool same_bits_for_any_threads(const Scheme& scheme, const Input& input) {
    hybrec::thread_pool one{1};
    const auto expected = scheme(input, hybrec::execution{.pool = &one});
    for (std::size_t threads : {std::size_t{2}, std::size_t{3}}) {
        hybrec::thread_pool pool{threads};
        if (!(scheme(input, hybrec::execution{.pool = &pool}) == expected))
            return false;
    }
    return true;
}

/// What the text of the `Error` that `call` throws says; empty if it throws none.
template <class Error, class Call>
std::string message_of(Call&& call) {
    try {
        (void)call();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

/// Two users, two items, kinds "view" and "cart", times around 1000.
inline hybrec::interaction_log small_log() {
    using hybrec::item_index;
    using hybrec::user_index;
    hybrec::interaction_log log;
    log.users.add("ann");
    log.users.add("bob");
    log.items.add("pen");
    log.items.add("ink");
    log.kinds = {"view", "cart"};
    log.has_times = true;
    log.events = {{user_index(0), item_index(0), 2, 0, 1000},
                  {user_index(0), item_index(1), 1, 1, 900},
                  {user_index(0), item_index(0), 1, 1, 800},
                  {user_index(1), item_index(1), 4, 0, 1100}};
    log.matrix = hybrec::to_matrix(log.events, 2, 2);
    return log;
}

} // namespace weighting_tests
