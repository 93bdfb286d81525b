// SPDX-License-Identifier: MIT
/// @file
/// All of concepts/: the library's vocabulary.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/concepts/engine.hpp>
#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/metric.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/concepts/reranker.hpp>
#include <hybrec/concepts/rule.hpp>
#include <hybrec/concepts/weighting.hpp>
