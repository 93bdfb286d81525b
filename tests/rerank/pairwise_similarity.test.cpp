// SPDX-License-Identifier: MIT
#include <hybrec/rerank/pairwise_similarity.hpp>

#include "lists.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;
using namespace lists;

namespace {

const auto same_parity = [](item_index left, item_index right) noexcept {
    return left.value() % 2 == right.value() % 2 ? 1.0 : 0.25;
};
using of_users = double (*)(user_index, user_index);

static_assert(similarity_source<pairwise_similarity<decltype(same_parity)>>);
static_assert(likeness_of_items<decltype(same_parity)> && !likeness_of_items<of_users>);

} // namespace

TEST_CASE("pairwise similarity asks a function") {
    const pairwise_similarity source{std::cref(same_parity)};
    decltype(source)::workspace workspace;
    const auto list = ranked({1, 3, 2}); // items 1, 2, 0
    source.prepare(list, workspace);
    aligned_vector<float> row(16, -1);
    source.row(0, workspace, row.data());
    CHECK(std::vector(row.begin(), row.begin() + 4) == std::vector<float>{1, 0.25F, 0.25F, 0});
    source.row(2, workspace, row.data());
    CHECK(std::vector(row.begin(), row.begin() + 4) == std::vector<float>{0.25F, 1, 1, 0});
}
