// SPDX-License-Identifier: MIT
/// @file
/// All of sparse/: matrices, building, transposing, foreign arrays.
#pragma once

#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csc.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/foreign.hpp>
#include <hybrec/sparse/transpose.hpp>
