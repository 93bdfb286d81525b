// SPDX-License-Identifier: MIT
/// @file
/// Trains the parts of a hybrid, each of them once.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/hybrid/component.hpp>

#include <algorithm>
#include <type_traits>

namespace hybrec::detail {

/// Which objects have been trained: parts shared with `std::ref` are met more than once.
class fitting {
  public:
    explicit fitting(const execution& where) : where_{where} {}

    /// Trains `model` unless that was done; hybrids pass it on to their parts. What is const, and models that
    /// need more than interactions (features, segments), stay what they are.
    template <class Model>
    void fit(Model& model, const user_item_matrix auto& interactions) {
        if constexpr (requires { model.fit_parts(interactions, *this); })
            model.fit_parts(interactions, *this);
        else if constexpr (made_of_parts<std::remove_const_t<Model>>)
            std::remove_const_t<Model>::visit_parts(model,
                                                    [&](auto& part) { fit(part, interactions); });
        else if constexpr (requires { model.fit(interactions, no_progress{}, where_); })
            once(model, [&] { model.fit(interactions, no_progress{}, where_); });
        else if constexpr (requires { model.fit(interactions); })
            once(model, [&] { model.fit(interactions); });
    }

    [[nodiscard]] const execution& where() const noexcept { return where_; }

  private:
    /// A hybrid may have the address of its first part, so only what has none is remembered.
    template <class Train>
    void once(const auto& model, const Train& train) {
        const void* const address = &model;
        if (std::find(done_.begin(), done_.end(), address) != done_.end())
            return;
        done_.push_back(address);
        train();
    }

    const execution& where_;
    aligned_vector<const void*> done_;
};

} // namespace hybrec::detail
