// SPDX-License-Identifier: MIT
/// @file
/// <cmath>, to be included through here.
///
/// In libstdc++ the guard of <cmath> begins below its first includes, so a compiler reads the whole file
/// again for every include of it. For hybrec.hpp that was 128 times 1,900 lines, a quarter of what GCC 12 read
/// and enough to use up the places in source text that it can hold in short form: with one include it takes
/// 11 % less memory. `benchmarks/run compile_time` measures such things.
#pragma once

#include <cmath>
