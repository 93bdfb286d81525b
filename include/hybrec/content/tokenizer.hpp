// SPDX-License-Identifier: MIT
/// @file
/// Splits text into words.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace hybrec {

/// Words that say nothing about a text: the most frequent function words of English.
inline constexpr std::array<std::string_view, 77> english_stop_words{
    "a",    "about", "after", "all",   "also", "an",   "and",  "are",   "as",   "at",    "be",
    "been", "but",   "by",    "can",   "for",  "from", "had",  "has",   "have", "he",    "her",
    "him",  "his",   "how",   "i",     "if",   "in",   "into", "is",    "it",   "its",   "just",
    "me",   "more",  "my",    "no",    "not",  "of",   "on",   "one",   "only", "or",    "other",
    "our",  "out",   "over",  "she",   "so",   "some", "than", "that",  "the",  "their", "them",
    "then", "there", "these", "they",  "this", "to",   "up",   "was",   "we",   "were",  "what",
    "when", "where", "which", "while", "who",  "will", "with", "would", "you",  "your",  "yours"};

/// Cuts a text at everything that is neither a letter nor a digit. Letters of ASCII become small;
/// bytes beyond ASCII belong to words as they are, so that UTF-8 stays whole.
struct tokenizer {
    std::size_t least_length = 2; ///< in bytes; shorter words are left out
    bool stop_words = true;       ///< leave `english_stop_words` out

    /// Calls `sink(word)` for every word, in order; the view is good until the next call of `sink`.
    /// Complexity: O(|text|).
    template <class Sink>
    void operator()(std::string_view text, Sink&& sink) const {
        std::string word;
        const auto finish = [&] {
            if (word.size() >= std::max<std::size_t>(1, least_length) &&
                !(stop_words &&
                  std::binary_search(english_stop_words.begin(), english_stop_words.end(), word)))
                sink(std::string_view{word});
            word.clear();
        };
        for (const char c : text) {
            const bool capital = c >= 'A' && c <= 'Z';
            if (capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                static_cast<unsigned char>(c) >= 0x80)
                word += capital ? static_cast<char>(c - 'A' + 'a') : c;
            else
                finish();
        }
        finish();
    }

    friend bool operator==(const tokenizer&, const tokenizer&) = default;
};

static_assert(std::is_sorted(english_stop_words.begin(), english_stop_words.end()));

} // namespace hybrec
