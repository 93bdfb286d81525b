// SPDX-License-Identifier: MIT
// Short ways to write lists and matrices down, and random ones, for the tests of rerankers.
#pragma once

#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lists {

using namespace hybrec;

/// Items 0, 1, … with these scores, in the order of `ranks_before`.
inline ranking<item_index> ranked(const std::vector<float>& scores) {
    ranking<item_index> list;
    for (std::size_t item = 0; item < scores.size(); ++item)
        list.push_back({item_index(item), scores[item]});
    std::sort(list.begin(), list.end(), ranks_before<item_index, float>);
    return list;
}

/// The items of a list.
inline std::vector<int> items(const ranking<item_index>& list) {
    std::vector<int> result;
    for (const auto [item, score] : list)
        result.push_back(static_cast<int>(item.value()));
    return result;
}

/// A sparse matrix from its dense rows.
template <class Row, class Column>
csr_matrix<Row, Column, float> matrix(const std::vector<std::vector<float>>& rows) {
    std::vector<triplet<Row, Column, float>> entries;
    std::size_t columns = 0;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        columns = std::max(columns, rows[row].size());
        for (std::size_t column = 0; column < rows[row].size(); ++column)
            if (rows[row][column] != 0)
                entries.push_back({Row(row), Column(column), rows[row][column]});
    }
    return build_csr<Row, Column, float>(entries,
                                         {.row_count = rows.size(), .column_count = columns});
}

inline item_features features(const std::vector<std::vector<float>>& rows) {
    return matrix<item_index, feature_index>(rows);
}
inline user_items histories(const std::vector<std::vector<float>>& rows) {
    return matrix<user_index, item_index>(rows);
}

/// Uniform in [0, 1), from a seed and a position.
inline float uniform(std::uint64_t seed, std::uint64_t at) {
    return static_cast<float>(
        static_cast<double>((seed * 7919 + at + 1) * 0x9E3779B97F4A7C15 >> 40) / 16777216.0);
}

/// Rows of positive values, each present with probability `density`.
inline std::vector<std::vector<float>> random_rows(std::size_t rows, std::size_t columns,
                                                   float density, std::uint64_t seed) {
    std::vector<std::vector<float>> result(rows, std::vector<float>(columns));
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t column = 0; column < columns; ++column)
            if (uniform(seed, 2 * (row * columns + column)) < density)
                result[row][column] = 0.1F + uniform(seed, 2 * (row * columns + column) + 1);
    return result;
}

inline std::vector<float> random_scores(std::size_t count, std::uint64_t seed) {
    std::vector<float> result;
    for (std::size_t at = 0; at < count; ++at)
        result.push_back(5 * uniform(seed + 1000, at) - 1);
    return result;
}

inline double cosine(const std::vector<float>& left, const std::vector<float>& right) {
    double product = 0, left_square = 0, right_square = 0;
    for (std::size_t at = 0; at < left.size(); ++at) {
        product += static_cast<double>(left[at]) * static_cast<double>(right[at]);
        left_square += static_cast<double>(left[at]) * static_cast<double>(left[at]);
        right_square += static_cast<double>(right[at]) * static_cast<double>(right[at]);
    }
    return product == 0 ? 0 : product / std::sqrt(left_square * right_square);
}

/// The places of scores between the lowest and the highest.
inline std::vector<double> min_max(const std::vector<float>& scores) {
    const auto [low, high] = std::minmax_element(scores.begin(), scores.end());
    std::vector<double> result;
    for (const float score : scores)
        result.push_back(*high > *low ? (static_cast<double>(score) - static_cast<double>(*low)) /
                                            (static_cast<double>(*high) - static_cast<double>(*low))
                                      : 0.5);
    return result;
}

/// Greedily, by the definition: `value(chosen, i)` of adding i; the larger index loses ties.
template <class Value>
std::vector<int> greedy(std::size_t candidates, std::size_t count, const Value& value) {
    std::vector<int> chosen;
    while (chosen.size() < std::min(count, candidates)) {
        int best = -1;
        double best_value = 0;
        for (int i = 0; i < static_cast<int>(candidates); ++i) {
            if (std::find(chosen.begin(), chosen.end(), i) != chosen.end())
                continue;
            const double here = value(chosen, i);
            if (best < 0 || here > best_value) {
                best = i;
                best_value = here;
            }
        }
        chosen.push_back(best);
    }
    return chosen;
}

inline const request<> somebody{user_index{0}};

} // namespace lists
