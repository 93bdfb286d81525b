// SPDX-License-Identifier: MIT
#include <hybrec/concepts/matrix.hpp>

#include <doctest/doctest.h>

#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csc.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/foreign.hpp>

#include <vector>

namespace hr = hybrec;
using hr::feature_index;
using hr::item_index;
using hr::user_index;

static_assert(hr::sparse_matrix<hr::user_items>);
static_assert(hr::sparse_matrix<hr::item_users>);
static_assert(hr::sparse_matrix<hr::csr_matrix<item_index, feature_index, double>>);
static_assert(hr::sparse_matrix<hr::user_items_view>);
static_assert(hr::sparse_matrix<hr::foreign_csr<user_index, item_index, float>>);
static_assert(!hr::sparse_matrix<int>);
static_assert(!hr::sparse_matrix<std::vector<float>>);
static_assert(!hr::sparse_matrix<hr::coo_matrix<user_index, item_index, float>>);
static_assert(!hr::sparse_matrix<hr::csc_matrix<user_index, item_index, float>>);

static_assert(hr::rows_are_users<hr::user_items>);
static_assert(!hr::rows_are_users<hr::item_users>);
static_assert(hr::columns_are_items<hr::user_items>);
static_assert(!hr::columns_are_items<hr::item_users>);

static_assert(hr::user_item_matrix<hr::user_items>);
static_assert(hr::user_item_matrix<hr::user_items_view>);
static_assert(!hr::user_item_matrix<hr::item_users>); // transposed
static_assert(!hr::user_item_matrix<hr::csr_matrix<user_index, feature_index, float>>);
static_assert(!hr::user_item_matrix<hr::csr_matrix<item_index, item_index, float>>);

static_assert(hr::user_item_source<hr::user_items> && hr::user_item_source<const hr::user_items&>);
static_assert(!hr::user_item_source<hr::item_users&>);
static_assert(hr::item_user_matrix<hr::item_users> && !hr::item_user_matrix<hr::user_items>);

namespace {

template <hr::user_item_matrix Matrix>
std::size_t fit(const Matrix& matrix) {
    return matrix.row_count();
}

template <class Matrix>
concept can_be_fitted = requires(const Matrix& matrix) {
    fit(matrix);
};

} // namespace

TEST_CASE("user_item_matrix") {
    static_assert(can_be_fitted<hr::user_items>);
    static_assert(!can_be_fitted<hr::item_users>);
    CHECK(fit(hr::user_items(3, 2)) == 3);
}
