// SPDX-License-Identifier: MIT
/// @file
/// BPR: Bayesian personalized ranking.
#pragma once

#include <hybrec/factorization/bpr/pairwise_factorization.hpp>

namespace hybrec {

/// Matrix factorization with the criterion of Rendle et al. 2009: `bpr model{{.factors = 64}}`.
using bpr = pairwise_factorization<bpr_loss>;

} // namespace hybrec
