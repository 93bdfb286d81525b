// SPDX-License-Identifier: MIT
/// @file
/// Users, or items, as networks see them: an id and the categories of every field.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec::neural {

/// Rows of one side. A row with entries has an id of its own, all others share the unknown one. The
/// weights of a row's categories are scaled so that their sizes sum to 1: what is learned about a
/// field is a weighted mean. Categories that no row with entries has say nothing, and are left out.
template <class Index>
class side_description {
  public:
    using field_type = csr_matrix<Index, feature_index, float>;

    side_description() = default;
    /// @pre every field has as many rows as `has_entries`. Complexity: O(entries of the fields).
    side_description(std::vector<std::uint8_t> has_entries, const std::vector<field_type>& fields)
        : has_entries_{std::move(has_entries)} {
        for (const field_type& field : fields)
            fields_.push_back(normalized(field));
        learned_ = learned_categories();
        for (field_type& field : fields_)
            field = normalized(field, learned_[static_cast<std::size_t>(&field - fields_.data())]);
    }

    [[nodiscard]] std::size_t size() const noexcept { return has_entries_.size(); }
    [[nodiscard]] const std::vector<field_type>& fields() const noexcept { return fields_; }

    [[nodiscard]] std::uint32_t unknown_id() const noexcept {
        return static_cast<std::uint32_t>(size());
    }
    /// The id, or the unknown one. @pre `row` is below `size()`.
    [[nodiscard]] std::uint32_t id(std::uint32_t row) const noexcept {
        return has_entries_[row] != 0 ? row : unknown_id();
    }
    /// Whether anything was learned about a row: from its entries, or about one of its categories.
    [[nodiscard]] bool knows(std::uint32_t row) const noexcept {
        bool known = has_entries_[row] != 0;
        for (const field_type& field : fields_)
            known = known || !field.row(Index(row)).empty();
        return known;
    }

    /// The categories of a row of another matrix, as those of this side: of which something was
    /// learned, with weights that sum to 1. @pre the columns are below the field's.
    template <class Visit>
    void for_each_weight(std::size_t field, const sparse_row<feature_index, float>& row,
                         Visit&& visit) const {
        for_each_normalized(row, &learned_[field], visit);
    }

    void save(archive_writer auto& archive, const std::string& name) const {
        save_count(archive, name + "s", size());
        save_count(archive, name + "_fields", fields_.size());
        archive.write_tensor(name + "_has_entries", as_span(has_entries_), {size(), 1});
        for (std::size_t field = 0; field < fields_.size(); ++field) {
            const std::string each = name + "_field_" + std::to_string(field);
            save_count(archive, each + "_categories", fields_[field].column_count());
            save_csr(archive, each, fields_[field]);
        }
    }
    [[nodiscard]] static side_description load(archive_reader auto& archive,
                                               const std::string& name) {
        side_description side;
        const std::size_t rows = load_count(archive, name + "s");
        const std::size_t fields = load_count(archive, name + "_fields");
        side.has_entries_ =
            archive.template read_tensor<std::uint8_t>(name + "_has_entries").values;
        if (side.size() != rows)
            archive.refuse(name + "_has_entries", "expected " + std::to_string(rows) + " values");
        for (std::size_t field = 0; field < fields; ++field) {
            const std::string each = name + "_field_" + std::to_string(field);
            const std::size_t categories = load_count(archive, each + "_categories");
            side.fields_.push_back(
                load_csr<Index, feature_index, float>(archive, each, rows, categories));
        }
        side.learned_ = side.learned_categories();
        return side;
    }

    friend bool operator==(const side_description& left, const side_description& right) {
        return left.has_entries_ == right.has_entries_ && left.fields_ == right.fields_;
    }

  private:
    using flags = std::vector<std::uint8_t>;

    template <class Visit>
    static void for_each_normalized(const sparse_row<feature_index, float>& row,
                                    const flags* learned, Visit&& visit) {
        const auto counts = [&](feature_index category) {
            return !learned || (*learned)[category.value()] != 0;
        };
        float total = 0;
        for (const auto [category, weight] : row)
            if (counts(category))
                total += std::abs(weight);
        if (!(total > 0))
            return;
        for (const auto [category, weight] : row)
            if (counts(category) && weight != 0)
                visit(category, weight / total);
    }

    template <class = on_use>
    [[nodiscard]] static field_type normalized(const field_type& field, const flags& learned = {}) {
        bulk_vector<offset> offsets{0};
        bulk_vector<feature_index> categories;
        bulk_vector<float> weights;
        for (std::size_t row = 0; row < field.row_count(); ++row) {
            for_each_normalized(field.row(Index(row)), learned.empty() ? nullptr : &learned,
                                [&](feature_index category, float weight) {
                                    categories.push_back(category);
                                    weights.push_back(weight);
                                });
            offsets.push_back(categories.size());
        }
        return {trusted, std::move(offsets), std::move(categories), std::move(weights),
                field.column_count()};
    }

    /// Per field and category, whether a row with entries has it.
    template <class = on_use>
    [[nodiscard]] std::vector<flags> learned_categories() const {
        std::vector<flags> learned;
        for (const field_type& field : fields_) {
            learned.emplace_back(field.column_count());
            for (std::size_t row = 0; row < size(); ++row)
                if (has_entries_[row] != 0)
                    for (const feature_index category : field.row(Index(row)).columns())
                        learned.back()[category.value()] = 1;
        }
        return learned;
    }

    flags has_entries_;
    std::vector<field_type> fields_;
    std::vector<flags> learned_;
};

} // namespace hybrec::neural
