// SPDX-License-Identifier: MIT
/// @file
/// All of hybrid/: models made of models.
#pragma once

#include <hybrec/hybrid/exp3.hpp>
#include <hybrec/hybrid/fallback.hpp>
#include <hybrec/hybrid/fixed_share.hpp>
#include <hybrec/hybrid/guarded.hpp>
#include <hybrec/hybrid/hedge.hpp>
#include <hybrec/hybrid/labelled_lists.hpp>
#include <hybrec/hybrid/lexicographic.hpp>
#include <hybrec/hybrid/linear_blend.hpp>
#include <hybrec/hybrid/logistic.hpp>
#include <hybrec/hybrid/merge.hpp>
#include <hybrec/hybrid/multiplicative_weights.hpp>
#include <hybrec/hybrid/ndcg_search.hpp>
#include <hybrec/hybrid/non_negative_least_squares.hpp>
#include <hybrec/hybrid/normalize_column.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/hybrid/personal_weights.hpp>
#include <hybrec/hybrid/rank_fusion.hpp>
#include <hybrec/hybrid/reward_log.hpp>
#include <hybrec/hybrid/ridge.hpp>
#include <hybrec/hybrid/score_fusion.hpp>
#include <hybrec/hybrid/source_boost.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>
