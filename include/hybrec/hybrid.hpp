// SPDX-License-Identifier: MIT
/// @file
/// All of hybrid/: models made of models.
#pragma once

#include <hybrec/hybrid/fallback.hpp>
