// SPDX-License-Identifier: MIT
/// @file
/// All of baseline/: models that every other one has to beat.
#pragma once

#include <hybrec/baseline/decayed_popularity.hpp>
#include <hybrec/baseline/popularity.hpp>
#include <hybrec/baseline/random_baseline.hpp>
#include <hybrec/baseline/segmented_popularity.hpp>
