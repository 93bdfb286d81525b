// SPDX-License-Identifier: MIT
// Short ways to write score tables down, random ones, and an archive in memory.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>

#include <doctest/doctest.h>

#include <any>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tables {

using namespace hybrec;

inline const request<> somebody{user_index{0}};

/// What a component says nothing about.
inline constexpr float nothing = std::numeric_limits<float>::quiet_NaN();

using columns = std::vector<std::vector<float>>;

inline std::vector<item_index> items_of(const std::vector<int>& numbers) {
    std::vector<item_index> items;
    for (const int number : numbers)
        items.push_back(item_index(number));
    return items;
}

/// A table of these columns; without items, row i is item i. Full columns are marked as such.
inline score_table table(const columns& scores, const std::vector<int>& items = {}) {
    score_table result;
    const std::size_t rows = scores.empty() ? 0 : scores[0].size();
    if (items.empty())
        result.reset(scores.size(), rows);
    else
        result.reset(scores.size(), items_of(items));
    for (std::size_t k = 0; k < scores.size(); ++k) {
        std::size_t scored = 0;
        for (std::size_t row = 0; row < rows; ++row)
            if (!std::isnan(scores[k][row])) {
                result.set(k, row, scores[k][row]);
                ++scored;
            }
        if (scored == rows)
            result.mark_all(k);
    }
    return result;
}

/// Columns with few distinct values (so that there are ties) of which a part is missing.
inline columns random_columns(std::size_t components, std::size_t rows, std::uint64_t seed,
                              double missing = 0.3, int distinct = 6) {
    const counter_random random{seed};
    columns result(components, std::vector<float>(rows));
    for (std::size_t k = 0; k < components; ++k)
        for (std::size_t row = 0; row < rows; ++row) {
            const auto at = 2 * (k * rows + row);
            result[k][row] = random.uniform(at) < missing
                                 ? nothing
                                 : static_cast<float>(
                                       random.below(static_cast<std::uint64_t>(distinct), at + 1)) /
                                           4 -
                                       0.5F;
        }
    return result;
}

/// What a combiner makes of a table.
template <class Combiner>
std::vector<float> combined(const Combiner& combiner, score_table scores) {
    typename Combiner::workspace memory;
    std::vector<float> out(scores.item_count(), -12345.0F);
    combiner.combine(somebody, scores, out, memory);
    return out;
}

/// What a combiner says that each component adds to the score of a row.
template <class Combiner>
std::vector<affine_map> contributions(const Combiner& combiner, score_table scores, std::size_t row,
                                      double* besides = nullptr) {
    typename Combiner::workspace memory;
    std::vector<affine_map> maps(scores.component_count(), affine_map{7, 7});
    const double constant = combiner.contributions(somebody, scores, row, maps, memory);
    if (besides)
        *besides = constant;
    return maps;
}

/// Whether that sums to what the combiner makes of random tables of three components, with ties, negative
/// scores and missing ones.
template <class Combiner>
void check_contributions(const Combiner& combiner) {
    for (const std::size_t rows : {1U, 2U, 20U})
        for (std::uint64_t seed = 0; seed < 10; ++seed) {
            const columns given = random_columns(3, rows, seed, seed % 2 == 0 ? 0.3 : 0);
            const score_table scores = table(given);
            const auto expected = combined(combiner, scores);
            for (std::size_t row = 0; row < rows; ++row) {
                if (scores.sources()[row] == 0)
                    continue;
                double total = 0;
                const auto maps = contributions(combiner, scores, row, &total);
                for (std::size_t k = 0; k < maps.size(); ++k)
                    total +=
                        maps[k](std::isnan(given[k][row]) ? 0 : static_cast<double>(given[k][row]));
                CHECK(total ==
                      doctest::Approx(static_cast<double>(expected[row])).epsilon(1e-5).scale(1));
            }
        }
}

/// The same items with the rows in another order, and the order: result row r is row order[r].
struct shuffled {
    columns scores;
    std::vector<int> items;
    std::vector<std::size_t> order;
};
inline shuffled shuffle(const columns& scores, std::uint64_t seed) {
    const std::size_t rows = scores[0].size();
    shuffled result{scores, {}, std::vector<std::size_t>(rows)};
    std::iota(result.order.begin(), result.order.end(), std::size_t{0});
    counter_random{seed}.shuffle(result.order.begin(), rows);
    for (const std::size_t row : result.order)
        result.items.push_back(static_cast<int>(row));
    for (std::size_t k = 0; k < scores.size(); ++k)
        for (std::size_t row = 0; row < rows; ++row)
            result.scores[k][row] = scores[k][result.order[row]];
    return result;
}

/// An archive in memory.
struct memory_archive {
    std::map<std::string, std::any, std::less<>> fields;

    void write_text(std::string_view name, std::string_view text) { put(name, std::string{text}); }
    void write_integer(std::string_view name, std::int64_t value) { put(name, value); }
    void write_real(std::string_view name, double value) { put(name, value); }
    template <tensor_element T>
    void write_tensor(std::string_view name, std::span<const T> values, tensor_shape shape) {
        put(name, tensor<T>{shape, {values.begin(), values.end()}});
    }
    [[nodiscard]] bool has(std::string_view name) const { return fields.contains(name); }
    [[nodiscard]] std::string read_text(std::string_view name) { return get<std::string>(name); }
    [[nodiscard]] std::int64_t read_integer(std::string_view name) {
        return get<std::int64_t>(name);
    }
    [[nodiscard]] double read_real(std::string_view name) { return get<double>(name); }
    template <tensor_element T>
    [[nodiscard]] tensor<T> read_tensor(std::string_view name) {
        return get<tensor<T>>(name);
    }
    [[noreturn]] void refuse(std::string_view name, const std::string& reason) {
        throw std::runtime_error{std::string{name} + ": " + reason};
    }

    template <class T>
    void put(std::string_view name, T value) {
        if (!fields.emplace(std::string{name}, std::move(value)).second)
            throw std::runtime_error{std::string{name} + " is written twice"};
    }
    template <class T>
    [[nodiscard]] T get(std::string_view name) {
        const auto found = fields.find(name);
        if (found == fields.end())
            refuse(name, "is missing");
        return std::any_cast<T>(found->second);
    }
};

/// A value through an archive.
template <class T>
T round_trip(const T& value) {
    memory_archive archive;
    value.save(archive);
    return T::load(archive);
}

} // namespace tables
