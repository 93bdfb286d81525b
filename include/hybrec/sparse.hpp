// SPDX-License-Identifier: MIT
/// @file
/// All of sparse/: matrices, building, transposing, histories, archives, foreign arrays.
#pragma once

#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csc.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/csr_pattern.hpp>
#include <hybrec/sparse/foreign.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
#include <hybrec/sparse/multiply_table.hpp>
#include <hybrec/sparse/require_trainable.hpp>
#include <hybrec/sparse/transpose.hpp>
#include <hybrec/sparse/truncated_svd.hpp>
