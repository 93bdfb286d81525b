// SPDX-License-Identifier: MIT
/// @file
/// All of factorization/: models that represent users and items by vectors.
#pragma once

#include <hybrec/factorization/als/als.hpp>
#include <hybrec/factorization/svd/pure_svd.hpp>
