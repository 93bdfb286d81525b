// SPDX-License-Identifier: MIT
/// @file
/// The vector of a user or item that the model was not trained on.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>

#include <cstddef>
#include <span>

namespace hybrec {

/// A vector that `fold_in` made from a history; it takes the place of an index where a model is
/// asked for recommendations. Fits only the model that made it. `Index` says what it stands for.
template <class Index, class Value>
class folded {
  public:
    using index_type = Index;
    using value_type = Value;

    explicit folded(std::size_t factors)
        : factors_{factors}, values_(padded_size<Value>(factors)) {}

    [[nodiscard]] std::span<const Value> values() const noexcept {
        return {values_.data(), factors_};
    }
    /// The vector with its padding of zeros, at a multiple of 64 bytes.
    [[nodiscard]] const Value* data() const noexcept { return values_.data(); }
    [[nodiscard]] Value* data() noexcept { return values_.data(); }

    friend bool operator==(const folded&, const folded&) = default;

  private:
    std::size_t factors_;
    aligned_vector<Value> values_;
};

template <class Value = float>
using folded_user = folded<user_index, Value>;
template <class Value = float>
using folded_item = folded<item_index, Value>;

} // namespace hybrec
