// SPDX-License-Identifier: MIT
/// @file
/// A user's vector as what the weights of a blend depend on.
#pragma once

#include <hybrec/concepts/model.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/hybrid/component.hpp>

#include <cstddef>
#include <span>
#include <utility>

namespace hybrec {

/// `user_embedding{std::ref(als), 8}`: the first 8 numbers of the user's vector, scaled to unit length, as features of
/// a blend. `stacking{ridge{}, z_score{}, user_embedding{…}, als, item_knn}` is a meta-level hybrid (Burke
/// 2002): what one model learned about the user, its scores among it, is the input of a second one.
///
/// Zeros for users that the model does not know and for requests without a user. The model is fitted before
/// the blend learns; if it is also a part of the blend, share it.
template <class Model>
requires embedding_model<held_type<Model>>
class user_embedding {
  public:
    /// @param dimensions how many numbers of the vector; a weight is learned for each of them and each part.
    ///                   Beyond the vector's length they are 0
    /// @throws option_error if there are none.
    user_embedding(Model model, std::size_t dimensions)
        : model_{std::move(model)}, dimensions_{dimensions} {
        require_option(dimensions != 0, "user_embedding", "dimensions", 0.0, "at least 1");
    }

    [[nodiscard]] std::size_t size() const noexcept { return dimensions_; }

    template <class Context>
    void operator()(const request<Context>& who, item_index, std::span<float> out) const noexcept {
        const auto& users = model_of(model_).user_factors();
        for (float& feature : out)
            feature = 0;
        if (!who.user || who.user->value() >= users.rows())
            return;
        const auto vector = users.row(*who.user);
        double squares = 0;
        for (const auto value : vector)
            squares += static_cast<double>(value) * static_cast<double>(value);
        if (squares == 0)
            return;
        for (std::size_t at = 0; at < out.size() && at < vector.size(); ++at)
            out[at] = static_cast<float>(static_cast<double>(vector[at]) / std::sqrt(squares));
    }

  private:
    Model model_;
    std::size_t dimensions_;
};

template <class Model>
user_embedding(Model, std::size_t) -> user_embedding<Model>;

} // namespace hybrec
