// SPDX-License-Identifier: MIT
/// @file
/// Everything of the module io: JSON, safetensors files, saving and loading models.
#pragma once

#include <hybrec/io/archive.hpp>
#include <hybrec/io/archive_input.hpp>
#include <hybrec/io/archive_output.hpp>
#include <hybrec/io/comparison_html.hpp>
#include <hybrec/io/comparison_json.hpp>
#include <hybrec/io/json.hpp>
#include <hybrec/io/json_value.hpp>
#include <hybrec/io/parts.hpp>
#include <hybrec/io/safetensors.hpp>
#include <hybrec/io/tensor_info.hpp>
