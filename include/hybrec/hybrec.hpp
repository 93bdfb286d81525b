// SPDX-License-Identifier: MIT
/// @file
/// The whole library. Applications that care about build times include single modules instead.
#pragma once

#include <hybrec/baseline.hpp>
#include <hybrec/concepts.hpp>
#include <hybrec/content.hpp>
#include <hybrec/core.hpp>
#include <hybrec/data.hpp>
#include <hybrec/evaluation.hpp>
#include <hybrec/factorization.hpp>
#include <hybrec/hybrid.hpp>
#include <hybrec/io.hpp>
#include <hybrec/linear.hpp>
#include <hybrec/neighbors.hpp>
#include <hybrec/neural.hpp>
#include <hybrec/rerank.hpp>
#include <hybrec/retrieval.hpp>
#include <hybrec/serving.hpp>
#include <hybrec/simd.hpp>
#include <hybrec/sparse.hpp>
#include <hybrec/weighting.hpp>
