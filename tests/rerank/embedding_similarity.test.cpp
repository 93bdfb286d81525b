// SPDX-License-Identifier: MIT
#include <hybrec/rerank/embedding_similarity.hpp>

#include "lists.hpp"
#include <hybrec/baseline/popularity.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/factorization/explicit_als/explicit_als.hpp>
#include <hybrec/rerank/mmr.hpp>
#include <hybrec/rerank/reranked.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <functional>
#include <vector>

using namespace hybrec;
using namespace lists;

namespace {

static_assert(similarity_source<embedding_similarity<implicit_als<>>>);
static_assert(similarity_input<std::reference_wrapper<const implicit_als<>>>);
static_assert(!similarity_input<popularity>, "has no vectors");
static_assert(!similarity_input<explicit_als>, "its vectors hold biases");

} // namespace

TEST_CASE("embedding similarity is the cosine of item vectors") {
    implicit_als model{{.factors = 19, .iterations = 3, .seed = 7}};
    auto rows = random_rows(60, 37, 0.2F, 2);
    for (auto& row : rows)
        row[11] = 0; // an item that nobody has
    model.fit(histories(rows));

    const embedding_similarity source{std::cref(model)};
    auto list = ranked(random_scores(37, 2));
    list.push_back({item_index{99}, -5.0F}); // beyond the model
    decltype(source)::workspace workspace;
    source.prepare(list, workspace);
    aligned_vector<float> row(padded_size<float>(list.size()));
    const auto vector_of = [&](item_index item) {
        const auto& table = model.item_factors();
        if (item.value() >= table.rows())
            return std::vector<float>(table.factors());
        const auto vector = table.row(item);
        return std::vector<float>{vector.begin(), vector.end()};
    };
    for (std::size_t i = 0; i < list.size(); ++i) {
        source.row(i, workspace, row.data());
        for (std::size_t j = 0; j < list.size(); ++j) {
            const double expected = cosine(vector_of(list[i].index), vector_of(list[j].index));
            CHECK(static_cast<double>(row[j]) == doctest::Approx(expected).scale(1).epsilon(1e-5));
        }
    }
    source.prepare({}, workspace); // nothing to compare
    CHECK(reranked(mmr{std::cref(model)}, somebody, list, 10).size() == 10);
    CHECK(reranked(mmr{std::cref(model)}, somebody, {}, 10).empty());
}
