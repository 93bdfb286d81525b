// SPDX-License-Identifier: MIT
/// @file
/// All of serving/: engines behind a cache, deadlines and a fallback.
#pragma once

#include <hybrec/serving/abandonable.hpp>
#include <hybrec/serving/answer.hpp>
#include <hybrec/serving/any_recommender.hpp>
#include <hybrec/serving/cache_key.hpp>
#include <hybrec/serving/latency_histogram.hpp>
#include <hybrec/serving/list_cache.hpp>
#include <hybrec/serving/model_engine.hpp>
#include <hybrec/serving/no_fallback.hpp>
#include <hybrec/serving/outside_history.hpp>
#include <hybrec/serving/popularity_fallback.hpp>
#include <hybrec/serving/service.hpp>
#include <hybrec/serving/service_options.hpp>
#include <hybrec/serving/stage_latencies.hpp>
#include <hybrec/serving/versioned.hpp>
#include <hybrec/serving/workspace_pool.hpp>
