// SPDX-License-Identifier: MIT
/// @file
/// All of neighbors/: models that recommend by similar items or similar users.
#pragma once

#include <hybrec/neighbors/item_knn.hpp>
#include <hybrec/neighbors/neighborhood.hpp>
#include <hybrec/neighbors/similarity.hpp>
#include <hybrec/neighbors/user_knn.hpp>
