// SPDX-License-Identifier: MIT
/// @file
/// All of simd/: the kernels.
#pragma once

#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/cholesky.hpp>
#include <hybrec/simd/score_tile.hpp>
#include <hybrec/simd/syrk.hpp>
#include <hybrec/simd/vector.hpp>
