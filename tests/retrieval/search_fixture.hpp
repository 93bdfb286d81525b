// SPDX-License-Identifier: MIT
// Tables that are hard on a search, and the search that cannot be wrong.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace hybrec::test {

/// What the rows of a table are like.
enum class rows_kind { normal, skewed, tied, equal, negative, tiny, huge, wild };

inline constexpr rows_kind all_kinds[] = {rows_kind::normal, rows_kind::skewed,   rows_kind::tied,
                                          rows_kind::equal,  rows_kind::negative, rows_kind::tiny,
                                          rows_kind::huge,   rows_kind::wild};

template <class Value>
factor_table<item_index, Value> make_rows(rows_kind kind, std::size_t rows, std::size_t factors,
                                          std::uint64_t seed = 8) {
    factor_table<item_index, Value> table(rows, factors);
    const counter_random random{seed};
    constexpr auto limits = std::numeric_limits<Value>();
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t factor = 0; factor < factors; ++factor) {
            const std::size_t at = row * factors + factor;
            const double normal = random.normal(at);
            double value = normal;
            if (kind == rows_kind::skewed) // few long rows, many short ones, some zero
                value = row % 11 == 3 ? 0 : normal / static_cast<double>(1 + row % 97);
            if (kind == rows_kind::tied) // small integers: equal scores, equal rows
                value = static_cast<double>(random.below(3, at)) - 1;
            if (kind == rows_kind::equal)
                value = 0.7;
            if (kind == rows_kind::negative)
                value = -std::abs(normal);
            if (kind == rows_kind::tiny)
                value = normal * std::pow(10.0, -static_cast<double>(row % 4) * 12);
            if (kind == rows_kind::huge) // products overflow
                value = normal * std::sqrt(static_cast<double>(limits.max())) *
                        (row % 3 == 0 ? 1e3 : 1e-6);
            table.row(item_index(row))[factor] = static_cast<Value>(value);
        }
    if (kind == rows_kind::wild) // whatever a caller may put in place, mixed
        for (std::size_t row = 0; row < rows; ++row) {
            const auto vector = table.row(item_index(row));
            const std::size_t factor = row % factors;
            switch (row % 13) {
            case 1:
                vector[factor] = limits.quiet_NaN();
                break;
            case 2:
                vector[factor] = limits.infinity();
                break;
            case 3:
                vector[factor] = -limits.infinity();
                break;
            case 4:
                vector[factor] = limits.max();
                break;
            case 5:
                std::fill(vector.begin(), vector.end(), limits.denorm_min());
                break;
            case 6:
                std::fill(vector.begin(), vector.end(), Value{0});
                break;
            case 7:
                std::fill(vector.begin(), vector.end(), -limits.min());
                break;
            default:
                break;
            }
        }
    return table;
}

/// 1/length, and 0 where there is none, as factor_model has them.
template <class Value>
aligned_vector<Value> inverse_lengths(const factor_table<item_index, Value>& table) {
    aligned_vector<Value> result(table.rows());
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const Value* vector = table.padded_row(item_index(row));
        const Value squared = simd::dot(vector, vector, table.stride());
        result[row] = squared > Value{0} ? Value{1} / std::sqrt(squared) : Value{0};
    }
    return result;
}

/// Scores everything, sorts everything.
template <class Value, class Admits>
ranking<item_index, Value> brute_force(const factor_table<item_index, Value>& table,
                                       const Value* query, std::size_t n, const Admits& admits,
                                       const Value* inverse = nullptr, Value of_query = Value{1}) {
    ranking<item_index, Value> all;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        if (!admits(item_index(row)) || (inverse && !(inverse[row] > Value{0})))
            continue;
        Value score = simd::dot(query, table.padded_row(item_index(row)), table.stride());
        if (inverse)
            score = score * inverse[row] * of_query;
        if (score == score)
            all.push_back({item_index(row), score});
    }
    std::sort(all.begin(), all.end(), ranks_before<item_index, Value>);
    all.resize(std::min(n, all.size()));
    return all;
}

/// Items that a list denies, and items that a question denies.
struct listed_and_asked {
    std::vector<item_index> list; // sorted
    std::uint32_t modulus = 0;    // denies what it divides; 0 denies nothing

    bool admits(item_index item) const noexcept {
        return !std::binary_search(list.begin(), list.end(), item) && admits_unlisted(item);
    }
    template <class Sink>
    void visit_denied(Sink&& sink) const noexcept {
        sink(std::span<const item_index>{list});
    }
    bool asks() const noexcept { return modulus != 0; }
    bool admits_unlisted(item_index item) const noexcept {
        return modulus == 0 || item.value() % modulus != 0;
    }
};
static_assert(admission<listed_and_asked, item_index>);

/// Admissions from lax to strict; the list goes beyond the table.
inline std::vector<listed_and_asked> admissions(std::size_t rows) {
    std::vector<listed_and_asked> result(4);
    for (std::size_t item = 0; item < rows + 40; item += 1 + item % 3)
        result[1].list.push_back(item_index(item));
    result[2].modulus = 3;
    result[3] = {result[1].list, 2};
    return result;
}

} // namespace hybrec::test
