// SPDX-License-Identifier: MIT
/// @file
/// A batch of samples that are described by fields.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/neural/embedding_bag.hpp>
#include <hybrec/neural/feature_samples.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/row_groups.hpp>
#include <hybrec/neural/side_description.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec::neural {

/// The users, or the items, of a batch. Many samples have the same row: its categories are listed
/// once. Memory is kept from batch to batch.
template <class T>
struct batch_side {
    std::vector<std::uint32_t> ids;        ///< of every sample
    std::vector<std::uint32_t> rows;       ///< of every sample
    row_groups groups;                     ///< the distinct rows
    std::vector<weighted_lists<T>> fields; ///< categories of the distinct rows, per field

    [[nodiscard]] std::size_t size() const noexcept { return ids.size(); }

    /// Groups `rows` and lists their categories.
    template <class Index>
    void describe(const side_description<Index>& side) {
        groups.group(rows, side.size());
        fields.resize(side.fields().size());
        for (std::size_t field = 0; field < fields.size(); ++field) {
            fields[field].clear();
            for (const std::uint32_t row : groups.rows()) {
                for (const auto [category, weight] : side.fields()[field].row(Index(row)))
                    fields[field].add(category.value(), static_cast<T>(weight));
                fields[field].close();
            }
        }
    }
    /// Rows as inference sees them: `first`, `first` + 1, …
    template <class Index>
    void describe(const side_description<Index>& side, std::size_t first, std::size_t count) {
        rows.resize(count), ids.resize(count);
        for (std::size_t at = 0; at < count; ++at) {
            rows[at] = static_cast<std::uint32_t>(first + at);
            ids[at] = side.id(rows[at]);
        }
        describe(side);
    }
    /// One row.
    template <class Index>
    void describe_row(const side_description<Index>& side, Index row) {
        begin_single(side.id(row.value()));
        fields.resize(side.fields().size());
        for (std::size_t field = 0; field < fields.size(); ++field) {
            fields[field].clear();
            for (const auto [category, weight] : side.fields()[field].row(row))
                fields[field].add(category.value(), static_cast<T>(weight));
            fields[field].close();
        }
    }
    /// A row that the side does not have, of which categories are known: `features[f]` those of field
    /// f. @pre there are at most as many fields as the side has, and their categories are its own.
    template <class Index>
    void describe_unknown(const side_description<Index>& side,
                          std::span<const sparse_row<feature_index, float>> features) {
        begin_single(side.unknown_id());
        fields.resize(side.fields().size());
        for (std::size_t field = 0; field < fields.size(); ++field) {
            fields[field].clear();
            if (field < features.size())
                side.for_each_weight(
                    field, features[field], [&](feature_index category, float weight) {
                        fields[field].add(category.value(), static_cast<T>(weight));
                    });
            fields[field].close();
        }
    }

  private:
    void begin_single(std::uint32_t id) {
        ids.assign(1, id);
        rows.assign(1, 0);
        groups.group(as_span(rows), 1);
    }
};

/// The samples of a batch, column by column.
template <class T>
struct feature_batch {
    batch_side<T> users, items;
    std::vector<T> labels;

    [[nodiscard]] std::size_t size() const noexcept { return labels.size(); }

    template <class = on_use>
    void read(const feature_samples& samples, std::span<const std::uint32_t> positions,
              std::size_t epoch, const execution& where) {
        for (auto* each : {&users.ids, &users.rows, &items.ids, &items.rows})
            each->resize(positions.size());
        labels.resize(positions.size());
        for_each_row(positions.size(), where, [&](std::size_t at) {
            const feature_sample sample = samples.at(positions[at], epoch);
            users.ids[at] = sample.user_id;
            users.rows[at] = sample.user;
            items.ids[at] = sample.item_id;
            items.rows[at] = sample.item;
            labels[at] = static_cast<T>(sample.label);
        });
        where.threads().for_chunks(2, 1, [&](std::size_t side, std::size_t, std::size_t) {
            side == 0 ? users.describe(samples.users()) : items.describe(samples.items());
        });
    }
};

} // namespace hybrec::neural
