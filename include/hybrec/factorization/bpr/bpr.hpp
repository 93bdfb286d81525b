// SPDX-License-Identifier: MIT
/// @file
/// BPR: Bayesian personalized ranking.
#pragma once

#include <hybrec/factorization/bpr/pairwise_factorization.hpp>

namespace hybrec {

/// Matrix factorization with the criterion of Rendle et al. 2009: `bpr model{{.factors = 64}}`.
using bpr = pairwise_factorization<bpr_loss>;

static_assert(scorer<bpr> && recommender<bpr> && foldable<bpr> && embedding_model<bpr>);
static_assert(item_similarity_model<bpr> && user_similarity_model<bpr>);
static_assert(knows_users<bpr> && archivable<bpr>);

} // namespace hybrec
