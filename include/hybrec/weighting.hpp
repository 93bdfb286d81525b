// SPDX-License-Identifier: MIT
/// @file
/// All weighting schemes.
#pragma once

#include <hybrec/weighting/bm25.hpp>
#include <hybrec/weighting/compose.hpp>
#include <hybrec/weighting/document_side.hpp>
#include <hybrec/weighting/event_weights.hpp>
#include <hybrec/weighting/linear_confidence.hpp>
#include <hybrec/weighting/log_confidence.hpp>
#include <hybrec/weighting/row_normalization.hpp>
#include <hybrec/weighting/tf_idf.hpp>
#include <hybrec/weighting/time_decay.hpp>
