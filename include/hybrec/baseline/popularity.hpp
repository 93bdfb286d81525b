// SPDX-License-Identifier: MIT
/// @file
/// Recommends what most users chose; the baseline of every evaluation and the last fallback.
#pragma once

#include <hybrec/baseline/detail/popularity_model.hpp>
#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace hybrec {

struct popularity_options {
    bool weighted = false; ///< sum the weights of an item's entries instead of counting its users
};

/// Scores an item by the number of users that have an entry for it (or by the sum of their
/// weights). Items without entries score 0 and are never recommended. Const calls are thread-safe.
class popularity : public detail::popularity_model {
  public:
    explicit popularity(popularity_options options = {}) : options_{options} {}

    /// Counts. Complexity: O(entries + items · log(items)).
    void fit(const user_item_matrix auto& interactions) {
        std::vector<double> totals(interactions.column_count());
        for (std::size_t user = 0; user < interactions.row_count(); ++user)
            for (const auto [item, weight] : interactions.row(user_index(user)))
                totals[item.value()] += options_.weighted ? static_cast<double>(weight) : 1.0;
        set_totals(interactions.row_count(), totals);
    }

    [[nodiscard]] const popularity_options& options() const noexcept { return options_; }

    [[nodiscard]] static std::string type_name() { return "popularity"; }

    void save(archive_writer auto& archive) const {
        archive.write_integer("weighted", options_.weighted);
        save_scores(archive);
    }

    [[nodiscard]] static popularity load(archive_reader auto& archive) {
        popularity model{{.weighted = archive.read_integer("weighted") != 0}};
        model.load_scores(archive);
        return model;
    }

    friend bool operator==(const popularity& left, const popularity& right) {
        return left.same_scores(right);
    }

  private:
    popularity_options options_;
};

} // namespace hybrec
