// SPDX-License-Identifier: MIT
/// @file
/// All of hybrid/: models made of models.
#pragma once

#include <hybrec/hybrid/fallback.hpp>
#include <hybrec/hybrid/lexicographic.hpp>
#include <hybrec/hybrid/normalize_column.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/hybrid/rank_fusion.hpp>
#include <hybrec/hybrid/score_fusion.hpp>
#include <hybrec/hybrid/source_boost.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>
