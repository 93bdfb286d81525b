// SPDX-License-Identifier: MIT
/// @file
/// The encodings in which text files arrive.
#pragma once

namespace hybrec {

/// How the bytes of a text file are to be understood. The library's own texts are UTF-8.
enum class text_encoding : unsigned char {
    automatic, ///< UTF-8 if the whole file is valid UTF-8, else latin-1
    utf8,      ///< UTF-8; other bytes are an error that names the line
    latin1     ///< ISO 8859-1, converted to UTF-8 while reading
};

} // namespace hybrec
