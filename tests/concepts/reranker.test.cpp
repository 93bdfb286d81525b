// SPDX-License-Identifier: MIT
#include <hybrec/concepts/reranker.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace hybrec;

namespace {

struct query {
    int slots = 0;
};

/// Keeps as many as the request's context says, if there is one.
struct keep_some {
    struct workspace {};

    std::size_t rerank(const request<query>& who, std::span<scored_item> candidates,
                       std::size_t count, workspace&) const {
        return std::min({candidates.size(), count, static_cast<std::size_t>(who.context.slots)});
    }
};
struct mutating : keep_some {
    std::size_t rerank(const request<query>&, std::span<scored_item>, std::size_t, workspace&);
};
struct private_workspace {
    struct workspace {
        explicit workspace(int);
    };
    std::size_t rerank(const request<>&, std::span<scored_item>, std::size_t, workspace&) const;
};
struct source {
    struct workspace {};
    void prepare(std::span<const scored_item>, workspace&) const {}
    void row(std::size_t, const workspace&, float*) const noexcept {}
};
struct throwing_source : source {
    void row(std::size_t, const workspace&, float*) const {}
};
struct step {
    struct workspace {};
    template <class Rows>
    void choose(const Rows&, std::span<const scored_item>, std::size_t, workspace&,
                std::vector<std::uint32_t>&) const {}
};

static_assert(reranker<keep_some, request<query>> && !reranker<keep_some, request<>>);
static_assert(!reranker<mutating, request<query>> && !reranker<private_workspace>);
static_assert(similarity_source<source> && !similarity_source<throwing_source>);
static_assert(!similarity_source<step> && similarity_step<step> && !similarity_step<source>);

} // namespace

TEST_CASE("a reranker sees the context of the request") {
    std::vector<scored_item> list{{item_index{1}, 2.0F}, {item_index{0}, 1.0F}};
    keep_some::workspace workspace;
    CHECK(keep_some{}.rerank({user_index{0}, query{1}}, list, 9, workspace) == 1);
    CHECK(keep_some{}.rerank({user_index{0}, query{3}}, list, 9, workspace) == 2);
}
