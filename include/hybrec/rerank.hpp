// SPDX-License-Identifier: MIT
/// @file
/// All of rerank/: diversity, calibration, fairness, business rules.
#pragma once

#include <hybrec/rerank/allowed_regions.hpp>
#include <hybrec/rerank/at_most.hpp>
#include <hybrec/rerank/blocklist.hpp>
#include <hybrec/rerank/calibration.hpp>
#include <hybrec/rerank/dpp.hpp>
#include <hybrec/rerank/embargo.hpp>
#include <hybrec/rerank/embedding_similarity.hpp>
#include <hybrec/rerank/fair_top_k.hpp>
#include <hybrec/rerank/feature_similarity.hpp>
#include <hybrec/rerank/freshness.hpp>
#include <hybrec/rerank/in_stock.hpp>
#include <hybrec/rerank/mmr.hpp>
#include <hybrec/rerank/pairwise_similarity.hpp>
#include <hybrec/rerank/pin.hpp>
#include <hybrec/rerank/promotion.hpp>
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/rerank/rule_report.hpp>
#include <hybrec/rerank/rule_set.hpp>
#include <hybrec/rerank/sharing.hpp>
#include <hybrec/rerank/shortlist.hpp>
#include <hybrec/rerank/similarity_from.hpp>
#include <hybrec/rerank/xquad.hpp>
