// SPDX-License-Identifier: MIT
/// @file
/// Which side of a matrix plays the document in formulas from text retrieval.
#pragma once

namespace hybrec {

/// Text retrieval weighs terms in documents. In a matrix of users × items either side can be the
/// document; the other one is the term, whose frequency lowers its weight.
enum class document_side : unsigned char {
    rows,   ///< users are documents: items that many users have weigh less
    columns ///< items are documents: users that have many items weigh less
};

} // namespace hybrec
