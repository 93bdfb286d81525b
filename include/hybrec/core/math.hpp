// SPDX-License-Identifier: MIT
/// @file
/// <cmath>, to be included through here.
///
/// In libstdc++ the guard of <cmath> begins below its first includes, so a compiler reads the whole file
/// again for every include of it. For hybrec.hpp that was 128 times 1,900 lines, more than half of what GCC 12
/// read, and enough to use up the places in source text that it holds in short form: one include saves it
/// 8 % of its time and 11 % of its memory.
#pragma once

#include <cmath>
