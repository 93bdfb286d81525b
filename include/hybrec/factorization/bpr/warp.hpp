// SPDX-License-Identifier: MIT
/// @file
/// WARP: weighted approximate-rank pairwise loss.
#pragma once

#include <hybrec/factorization/bpr/pairwise_factorization.hpp>

namespace hybrec {

/// Matrix factorization with the criterion of Weston et al. 2011: `warp model{{.factors = 64}}`.
using warp = pairwise_factorization<warp_loss>;

} // namespace hybrec
