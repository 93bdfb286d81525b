// SPDX-License-Identifier: MIT
/// @file
/// All of retrieval/: exact top-k search and the filters of recommendations.
#pragma once

#include <hybrec/retrieval/exact_search.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/top_k.hpp>
