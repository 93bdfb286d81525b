// SPDX-License-Identifier: MIT
/// @file
/// All of baseline/: models that every other one has to beat.
#pragma once

#include <hybrec/baseline/popularity.hpp>
