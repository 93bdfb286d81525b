// SPDX-License-Identifier: MIT
/// @file
/// All of factorization/: models that represent users and items by vectors.
#pragma once

#include <hybrec/factorization/als/als.hpp>
#include <hybrec/factorization/bpr/bpr.hpp>
#include <hybrec/factorization/bpr/warp.hpp>
#include <hybrec/factorization/explicit_als/explicit_als.hpp>
#include <hybrec/factorization/feature_als/feature_als.hpp>
#include <hybrec/factorization/logistic_mf/logistic_mf.hpp>
#include <hybrec/factorization/svd/pure_svd.hpp>
