// SPDX-License-Identifier: MIT
/// @file
/// A template argument for what needs no template parameter.
#pragma once

namespace hybrec {

/// `template <class = on_use>` in front of a function or a private class makes those who call it pay
/// for compiling its body, instead of all who include its header. For what has a heavy body and no
/// natural template parameter: readers, builders, the training of models.
struct on_use;

} // namespace hybrec
