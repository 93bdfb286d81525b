// SPDX-License-Identifier: MIT
#include <hybrec/rerank/reranked.hpp>

#include "lists.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace hybrec;
using namespace lists;

namespace {

struct backwards {
    struct workspace {};
    template <class Request>
    std::size_t rerank(const Request&, std::span<scored_item> list, std::size_t count,
                       workspace&) const {
        std::reverse(list.begin(), list.end());
        return std::min(count, list.size());
    }
};
struct without_workspace {
    std::size_t rerank(const request<>&, std::span<scored_item>, std::size_t) const;
};
static_assert(reranker<backwards> && !reranker<without_workspace> && !reranker<int>);

} // namespace

TEST_CASE("reranked gives what was chosen and leaves the list alone") {
    const auto list = ranked({3, 2, 1});
    CHECK(items(reranked(backwards{}, somebody, list, 2)) == std::vector{2, 1});
    CHECK(items(list) == std::vector{0, 1, 2});
    CHECK(reranked(backwards{}, somebody, {}, 2).empty());
}
