// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/embedding_index.hpp>

#include "search_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace hybrec;

namespace {

template <class Embeddings, class Index>
concept finds_nearest = requires(const Embeddings& embeddings, Index index) {
    embeddings.nearest(index, 3);
};
static_assert(finds_nearest<embedding_index<item_index>, item_index>);
static_assert(!finds_nearest<embedding_index<item_index>, user_index>);

} // namespace

TEST_CASE_TEMPLATE("an embedding_index finds the nearest and the largest", Value, float, double) {
    const auto table = test::make_rows<Value>(test::rows_kind::skewed, 200, 10);
    const embedding_index embeddings{table};
    const auto lengths = test::inverse_lengths(table);
    CHECK(embeddings.size() == 200);
    CHECK(embeddings.table() == table);
    const excluding denied{item_index{1}, item_index{17}};
    const auto admits = [&](item_index item) { return denied.admits(item); };
    const auto all = embeddings.nearest_all(5, denied);
    for (std::size_t row = 0; row < 200; row += 7) {
        const item_index self(row);
        const auto one = embeddings.nearest(self, 5, denied);
        CHECK(std::equal(all[row].begin(), all[row].end(), one.begin(), one.end()));
        CHECK(one.empty() == (lengths[row] == Value{0}));
        for (const auto& [index, score] : one)
            CHECK((index != self && score <= one.front().score));

        // The same vector from outside: itself is found as well.
        const auto outside = embeddings.nearest(table.row(self), 5, denied);
        if (lengths[row] == Value{0}) {
            CHECK(outside.empty());
        } else {
            CHECK(outside == test::brute_force(table, table.padded_row(self), 5, admits,
                                               lengths.data(), lengths[row]));
        }
        CHECK(embeddings.largest(table.row(self), 5, denied) ==
              test::brute_force(table, table.padded_row(self), 5, admits));
    }
    CHECK(embeddings.nearest(item_index{0}, 1000).size() < 200);
    CHECK_THROWS_WITH_AS((void)embeddings.nearest(item_index{200}, 3),
                         "embedding_index: row 200 is out of range; there are 200", shape_error);
    const std::vector<Value> shorter(9);
    CHECK_THROWS_WITH_AS((void)embeddings.largest(shorter, 3),
                         "embedding_index: the vector has 9 values, the embeddings have 10",
                         shape_error);
}
