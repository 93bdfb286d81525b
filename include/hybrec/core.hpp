// SPDX-License-Identifier: MIT
/// @file
/// All of core/: what everything else is made of.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/clock.hpp>
#include <hybrec/core/deadline.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/fit_report.hpp>
#include <hybrec/core/for_each_type.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/joined.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/range_concepts.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/core/weighted.hpp>
