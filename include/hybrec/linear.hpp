// SPDX-License-Identifier: MIT
/// @file
/// All of linear/: models whose scores are linear in the user's history.
#pragma once

#include <hybrec/linear/ease.hpp>
#include <hybrec/linear/gf_cf.hpp>
#include <hybrec/linear/random_walk.hpp>
#include <hybrec/linear/slim.hpp>
