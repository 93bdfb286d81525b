// SPDX-License-Identifier: MIT
/// @file
/// Everything about data: ids, readers, data sets, splits, invented data.
#pragma once

#include <hybrec/data/dataset.hpp>
#include <hybrec/data/delimited.hpp>
#include <hybrec/data/id_map.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_columns.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/data/item_column.hpp>
#include <hybrec/data/k_folds.hpp>
#include <hybrec/data/read_dataset.hpp>
#include <hybrec/data/read_interactions.hpp>
#include <hybrec/data/read_negatives.hpp>
#include <hybrec/data/read_user_lists.hpp>
#include <hybrec/data/split.hpp>
#include <hybrec/data/split_by_time.hpp>
#include <hybrec/data/split_held_out_users.hpp>
#include <hybrec/data/split_leave_last_out.hpp>
#include <hybrec/data/split_random.hpp>
#include <hybrec/data/synthetic.hpp>
#include <hybrec/data/text_encoding.hpp>
