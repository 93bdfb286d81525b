// SPDX-License-Identifier: MIT
/// @file
/// Rerankers one after the other that share one table of likenesses.
#pragma once

#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/rerank/detail/move_to_front.hpp>
#include <hybrec/rerank/similarity_from.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace hybrec {

/// `sharing{genres, shortlist{50, mmr{{.diversity = 0.3f}}}, dpp{{.diversity = 0.5f}}}`: each step
/// chooses from what the step before it chose, and all look at one table of likenesses, for which the
/// candidates' features or vectors are gathered once. Without `shortlist` a later step can only reorder.
///
/// The table belongs to the candidates as they were given; what remembers that they have moved since
/// is a permutation.
template <similarity_input Source, similarity_step... Steps>
requires(sizeof...(Steps) > 0) class sharing {
    using source_type = similarity_from<Source>;

  public:
    class workspace {
        friend sharing;
        typename held_type<source_type>::workspace source_;
        std::tuple<typename Steps::workspace...> steps_;
        std::vector<std::uint32_t> rows_; // of the table, by the candidate's present position
        std::vector<std::uint32_t> chosen_;
        aligned_vector<float> table_row_;
        detail::moving_workspace<scored_item> moved_candidates_;
        detail::moving_workspace<std::uint32_t> moved_rows_;
    };

    explicit sharing(Source source, Steps... steps)
        : source_{std::move(source)}, steps_{std::move(steps)...} {}

    /// See `reranker`. Complexity: that of the source and the steps.
    template <class Request>
    std::size_t rerank(const Request&, std::span<scored_item> candidates, std::size_t count,
                       workspace& memory) const {
        const held_type<source_type>& source = source_;
        source.prepare(candidates, memory.source_);
        memory.rows_.resize(candidates.size());
        std::iota(memory.rows_.begin(), memory.rows_.end(), 0U);
        return run(candidates, count, memory, std::index_sequence_for<Steps...>{});
    }

  private:
    template <std::size_t... Step>
    std::size_t run(std::span<scored_item> candidates, std::size_t count, workspace& memory,
                    std::index_sequence<Step...>) const {
        std::size_t left = candidates.size();
        ((left = run_step<Step>(candidates.first(left), count, memory)), ...);
        return left;
    }

    template <std::size_t Step>
    std::size_t run_step(std::span<scored_item> candidates, std::size_t count,
                         workspace& memory) const {
        const held_type<source_type>& source = source_;
        const auto rows = as_writable_span(memory.rows_).first(candidates.size());
        const auto row = [&](std::size_t candidate, float* out) noexcept {
            if constexpr (Step == 0) { // nothing has moved yet
                source.row(candidate, memory.source_, out);
            } else {
                source.row(rows[candidate], memory.source_, memory.table_row_.data());
                for (std::size_t at = 0; at < rows.size(); ++at)
                    out[at] = memory.table_row_[rows[at]];
            }
        };
        if constexpr (Step > 0)
            memory.table_row_.resize(padded_size<float>(memory.rows_.size()));
        memory.chosen_.clear();
        std::get<Step>(steps_).choose(row, candidates, count, std::get<Step>(memory.steps_),
                                      memory.chosen_);
        detail::move_to_front(candidates, memory.chosen_, memory.moved_candidates_);
        if constexpr (Step + 1 < sizeof...(Steps))
            detail::move_to_front(rows, memory.chosen_, memory.moved_rows_);
        return memory.chosen_.size();
    }

    source_type source_;
    std::tuple<Steps...> steps_;
};

template <class Source, class... Steps>
sharing(Source, Steps...) -> sharing<Source, Steps...>;

} // namespace hybrec
