// SPDX-License-Identifier: MIT
/// @file
/// All of retrieval/: exact top-k search, filters, and what models share that score by it.
#pragma once

#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/embedding_index.hpp>
#include <hybrec/retrieval/exact_search.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/retrieval/folded_history.hpp>
#include <hybrec/retrieval/generator_observer.hpp>
#include <hybrec/retrieval/guarded_call.hpp>
#include <hybrec/retrieval/history_model.hpp>
#include <hybrec/retrieval/list_checker.hpp>
#include <hybrec/retrieval/nearest.hpp>
#include <hybrec/retrieval/nested_archive.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/request_admission.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_many.hpp>
#include <hybrec/retrieval/search_query.hpp>
#include <hybrec/retrieval/select_scored.hpp>
#include <hybrec/retrieval/similar_columns.hpp>
#include <hybrec/retrieval/top_k.hpp>
