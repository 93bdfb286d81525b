// SPDX-License-Identifier: MIT
/// @file
/// Everything of the module evaluation: metrics, protocols, significance, searches for options,
/// ablation, comparison.
#pragma once

#include <hybrec/evaluation/ablation.hpp>
#include <hybrec/evaluation/auc.hpp>
#include <hybrec/evaluation/average_precision.hpp>
#include <hybrec/evaluation/bootstrap_interval.hpp>
#include <hybrec/evaluation/comparison.hpp>
#include <hybrec/evaluation/coverage.hpp>
#include <hybrec/evaluation/entropy.hpp>
#include <hybrec/evaluation/evaluate.hpp>
#include <hybrec/evaluation/evaluate_fold_in.hpp>
#include <hybrec/evaluation/evaluate_ratings.hpp>
#include <hybrec/evaluation/evaluate_sampled.hpp>
#include <hybrec/evaluation/evaluation_report.hpp>
#include <hybrec/evaluation/gini.hpp>
#include <hybrec/evaluation/grid_search.hpp>
#include <hybrec/evaluation/hit_rate.hpp>
#include <hybrec/evaluation/intra_list_diversity.hpp>
#include <hybrec/evaluation/mae.hpp>
#include <hybrec/evaluation/ndcg.hpp>
#include <hybrec/evaluation/novelty.hpp>
#include <hybrec/evaluation/paired_test.hpp>
#include <hybrec/evaluation/popularity_bias.hpp>
#include <hybrec/evaluation/precision.hpp>
#include <hybrec/evaluation/random_search.hpp>
#include <hybrec/evaluation/rating_report.hpp>
#include <hybrec/evaluation/recall.hpp>
#include <hybrec/evaluation/reciprocal_rank.hpp>
#include <hybrec/evaluation/rmse.hpp>
#include <hybrec/evaluation/search_result.hpp>
#include <hybrec/evaluation/search_space.hpp>
#include <hybrec/evaluation/serendipity.hpp>
#include <hybrec/evaluation/successive_halving.hpp>
#include <hybrec/evaluation/validation_metric.hpp>
