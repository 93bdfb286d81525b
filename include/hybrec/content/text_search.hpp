// SPDX-License-Identifier: MIT
/// @file
/// Finds items by the words of a query.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/content/tokenizer.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/data/id_map.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/select_scored.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec {

struct text_search_options {
    double k1 = 1.2;   ///< how slowly repeated words saturate, at least 0
    double b = 0.75;   ///< how much long texts are lowered, in [0, 1]
    tokenizer words{}; ///< of texts and queries
};

/// Ranks texts for a query by Okapi BM25 (Robertson and Zaragoza 2009, eq. 3.15, with
/// ln(1 + (N − df + ½) / (df + ½)) as inverse document frequency, which is never negative): for each
/// word of the query, as often as it is there,
///
///     idf(word) · tf · (k1 + 1) / (tf + k1 · (1 − b + b · length / mean length))
///
/// Built once; const calls are thread-safe.
class text_search {
  public:
    /// @param texts one per item
    /// @throws option_error. Complexity: O(words · log(words of a text)).
    template <class = on_use>
    explicit text_search(std::span<const std::string> texts, text_search_options options = {})
        : options_{options}, items_{texts.size()} {
        require_option(options.k1 >= 0 && std::isfinite(options.k1), "text_search", "k1",
                       options.k1, "a number of at least 0");
        require_option(options.b >= 0 && options.b <= 1, "text_search", "b", options.b,
                       "a number from 0 to 1");
        coo_matrix<feature_index, item_index, float> counts;
        std::vector<double> lengths(texts.size());
        double all = 0;
        for (std::size_t item = 0; item < texts.size(); ++item)
            options_.words(texts[item], [&](std::string_view word) {
                counts.add(vocabulary_.add(word), item_index(item), 1.0F);
                lengths[item] += 1;
                all += 1;
            });
        postings_ = build_csr<feature_index, item_index, float>(
            counts, {.row_count = vocabulary_.size(), .column_count = items_});
        const double mean = all / static_cast<double>(std::max<std::size_t>(1, items_));
        for (std::size_t word = 0; word < vocabulary_.size(); ++word) {
            const std::size_t first = postings_.offsets()[word];
            const std::size_t size = postings_.offsets()[word + 1] - first;
            const auto frequency = static_cast<double>(size);
            const double idf =
                std::log1p((static_cast<double>(items_) - frequency + 0.5) / (frequency + 0.5));
            for (std::size_t at = first; at < first + size; ++at) {
                const auto count = static_cast<double>(postings_.values()[at]);
                const double length = lengths[postings_.columns()[at].value()];
                postings_.values()[at] = static_cast<float>(
                    idf * count * (options_.k1 + 1) /
                    (count + options_.k1 * (1 - options_.b + options_.b * length / mean)));
            }
        }
    }

    [[nodiscard]] std::size_t item_count() const noexcept { return items_; }
    [[nodiscard]] std::size_t word_count() const noexcept { return vocabulary_.size(); }

    /// At most `n` items that share a word with the query and that `filter` admits, best first.
    /// Complexity: O(items + texts that hold the words).
    template <index_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> search(std::string_view query, std::size_t n,
                                             const Filter& filter = {}) const {
        aligned_vector<float> scores(padded_size<float>(items_));
        options_.words(query, [&](std::string_view word) {
            if (const auto known = vocabulary_.find(word))
                for (const auto [item, value] : postings_.row(*known))
                    scores[item.value()] += value;
        });
        ranking<item_index> result(std::min(n, items_));
        result.resize(select_scored(as_writable_span(scores).first(items_),
                                    as_writable_span(result),
                                    index_admission<Filter, item_index>{filter}));
        return result;
    }

  private:
    text_search_options options_;
    std::size_t items_;
    id_map<feature_index> vocabulary_;
    csr_matrix<feature_index, item_index, float> postings_; // by word: items and their parts
};

} // namespace hybrec
