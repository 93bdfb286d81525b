// SPDX-License-Identifier: MIT
/// @file
/// All of the simd module: vector operations, products, factorizations.
#pragma once

#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/bfloat16_products.hpp>
#include <hybrec/simd/bfloat16_rows.hpp>
#include <hybrec/simd/bits_above.hpp>
#include <hybrec/simd/cholesky.hpp>
#include <hybrec/simd/digit_tiles.hpp>
#include <hybrec/simd/digits.hpp>
#include <hybrec/simd/eigen.hpp>
#include <hybrec/simd/gathered.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/gemm_chosen.hpp>
#include <hybrec/simd/gemm_digits.hpp>
#include <hybrec/simd/gemm_positive.hpp>
#include <hybrec/simd/gemm_rare.hpp>
#include <hybrec/simd/gemm_transposed.hpp>
#include <hybrec/simd/gram_matrix.hpp>
#include <hybrec/simd/list_bits.hpp>
#include <hybrec/simd/math.hpp>
#include <hybrec/simd/multiply_rows.hpp>
#include <hybrec/simd/pair_products.hpp>
#include <hybrec/simd/pairwise.hpp>
#include <hybrec/simd/panel.hpp>
#include <hybrec/simd/philox.hpp>
#include <hybrec/simd/processor_tiles.hpp>
#include <hybrec/simd/score_tile.hpp>
#include <hybrec/simd/shuffle.hpp>
#include <hybrec/simd/syrk.hpp>
#include <hybrec/simd/syrk_bfloat16.hpp>
#include <hybrec/simd/tile.hpp>
#include <hybrec/simd/vector.hpp>
