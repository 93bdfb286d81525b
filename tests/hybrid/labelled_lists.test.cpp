// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/labelled_lists.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <span>
#include <vector>

using namespace hybrec;
using tables::nothing;

static_assert(!blend_learner<int>);

TEST_CASE("labelled_lists keep normalized rows in the order of items") {
    labelled_lists<min_max> lists{2};
    auto table = tables::table({{1, nothing, 3, nothing}, {5, 4, 3, nothing}}, {9, 2, 4, 7});
    CHECK(lists.add(tables::somebody, table, std::vector<float>{1, 0, 0.5F, 1}));
    auto empty = tables::table({{}, {}});
    CHECK(lists.add(tables::somebody, empty, {}));
    CHECK(lists.list_count() == 2);
    CHECK(lists.row_count() == 3); // nobody scored item 7
    CHECK(std::vector(lists.offsets().begin(), lists.offsets().end()) ==
          std::vector<std::size_t>{0, 3, 3});
    CHECK(std::vector(lists.labels().begin(), lists.labels().end()) ==
          std::vector<float>{0, 0.5F, 1});
    const auto row = [&](std::size_t at) {
        return std::vector<float>(lists.row(at).begin(), lists.row(at).end());
    };
    CHECK(row(0) == std::vector<float>{0, 0.5F});
    CHECK(row(1) == std::vector<float>{1, 0});
    CHECK(row(2) == std::vector<float>{0, 1});

    SUBCASE("bad lists add nothing") {
        auto other = tables::table({{1, 2}, {3, 4}});
        CHECK_THROWS_WITH_AS(lists.add(tables::somebody, other, std::vector<float>{1, nothing}),
                             doctest::Contains("item 1 is not finite"), data_error);
        CHECK_THROWS_AS(lists.add(tables::somebody, other, std::vector<float>{1}), shape_error);
        auto narrow = tables::table({{1}});
        CHECK_THROWS_AS(lists.add(tables::somebody, narrow, std::vector<float>{1}), shape_error);
        CHECK(lists.row_count() == 3);
        CHECK(lists.list_count() == 2);
        CHECK(row(2) == std::vector<float>{0, 1});
        auto good = tables::table({{1, 2}, {4, 3}});
        CHECK(lists.add(tables::somebody, good, std::vector<float>{1, 0}));
        CHECK(row(3) == std::vector<float>{0, 1});
        CHECK(row(4) == std::vector<float>{1, 0});
    }
    SUBCASE("memory is bounded") {
        labelled_lists<as_is> few{1, {.max_rows = 3}};
        auto two = tables::table({{1, 2}});
        CHECK(few.add(tables::somebody, two, std::vector<float>{1, 0}));
        CHECK_FALSE(few.add(tables::somebody, two, std::vector<float>{1, 0}));
        CHECK(few.row_count() == 2);
        CHECK_THROWS_AS(labelled_lists<as_is>{0}, option_error);
        CHECK_THROWS_AS(labelled_lists<as_is>{33}, option_error);
    }
}
