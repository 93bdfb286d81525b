// SPDX-License-Identifier: MIT
/// @file
/// The concepts of ranges, without the views of <ranges>, which take GCC 12 50 ms to read. Every standard library
/// has these concepts below <span>, whose constructors need them.
#pragma once

#include <iterator> // std::ranges::begin, end, size
#include <span>
