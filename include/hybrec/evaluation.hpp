// SPDX-License-Identifier: MIT
/// @file
/// Everything of the module evaluation: metrics, and evaluating models with them.
#pragma once

#include <hybrec/evaluation/auc.hpp>
#include <hybrec/evaluation/average_precision.hpp>
#include <hybrec/evaluation/evaluate.hpp>
#include <hybrec/evaluation/evaluation_report.hpp>
#include <hybrec/evaluation/hit_rate.hpp>
#include <hybrec/evaluation/ndcg.hpp>
#include <hybrec/evaluation/precision.hpp>
#include <hybrec/evaluation/recall.hpp>
#include <hybrec/evaluation/reciprocal_rank.hpp>
#include <hybrec/evaluation/validation_metric.hpp>
