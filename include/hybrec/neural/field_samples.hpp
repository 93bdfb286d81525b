// SPDX-License-Identifier: MIT
/// @file
/// Samples that are described by categorical fields.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec::neural {

/// A category of every field, and a label in [0, 1], per sample. Fields are what the application
/// makes of user, item, features and context; each numbers its categories from 0.
class field_samples {
  public:
    /// @param sizes how many categories each field has
    explicit field_samples(std::vector<std::size_t> sizes) : sizes_{std::move(sizes)} {}

    /// @throws shape_error if there is not one category for each field, below its size; data_error
    ///         for a label outside [0, 1].
    template <class = on_use>
    void add(std::span<const std::uint32_t> categories, float label) {
        if (categories.size() != sizes_.size())
            throw shape_error{"field_samples: a sample has " + std::to_string(categories.size()) +
                              " categories; expected " + std::to_string(sizes_.size())};
        for (std::size_t field = 0; field < sizes_.size(); ++field)
            if (categories[field] >= sizes_[field])
                throw shape_error{"field_samples: field " + std::to_string(field) +
                                  " has no category " + std::to_string(categories[field]) +
                                  "; there are " + std::to_string(sizes_[field])};
        if (!(label >= 0 && label <= 1))
            throw data_error{"field_samples: the label is " + std::to_string(label) +
                             "; expected 0 to 1"};
        categories_.insert(categories_.end(), categories.begin(), categories.end());
        labels_.push_back(label);
    }

    [[nodiscard]] std::size_t size() const noexcept { return labels_.size(); }
    [[nodiscard]] const std::vector<std::size_t>& sizes() const noexcept { return sizes_; }
    /// @pre `sample` is below `size()`, `field` below `sizes().size()`.
    [[nodiscard]] std::uint32_t category(std::size_t sample, std::size_t field) const noexcept {
        assert(sample < size() && field < sizes_.size());
        return categories_[sample * sizes_.size() + field];
    }
    [[nodiscard]] float label(std::size_t sample) const noexcept { return labels_[sample]; }

    /// Depends on all samples.
    template <class = on_use>
    [[nodiscard]] std::uint64_t fingerprint() const noexcept {
        std::uint64_t hash = 14695981039346656037U; // FNV-1a, in words
        const auto add = [&](std::uint64_t word) { hash = (hash ^ word) * 1099511628211U; };
        for (const std::size_t size : sizes_)
            add(size);
        for (const std::uint32_t category : categories_)
            add(category);
        for (const float label : labels_)
            add(static_cast<std::uint64_t>(static_cast<double>(label) * 0x1p40));
        return hash;
    }

  private:
    std::vector<std::size_t> sizes_;
    std::vector<std::uint32_t> categories_; // sample after sample
    std::vector<float> labels_;
};

} // namespace hybrec::neural
