// SPDX-License-Identifier: MIT
/// @file
/// Everything of the module content: features of items, models of them, search in texts.
#pragma once

#include <hybrec/content/content_based.hpp>
#include <hybrec/content/item_feature_builder.hpp>
#include <hybrec/content/text_search.hpp>
#include <hybrec/content/tokenizer.hpp>
