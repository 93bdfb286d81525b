// SPDX-License-Identifier: MIT
/// @file
/// The concepts of ranges, without the views of <ranges>, which cost a program that includes hybrec.hpp a fiftieth
/// of its compile time. Every standard library has these concepts below <span>, whose constructors need them.
#pragma once

#include <iterator> // std::ranges::begin, end, size
#include <span>
