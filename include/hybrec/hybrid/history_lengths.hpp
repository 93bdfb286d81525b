// SPDX-License-Identifier: MIT
/// @file
/// How much is known about a user.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

/// The number of items that each user had in training, and what a request adds: the longer of the two
/// for a known user with a history.
class history_lengths {
  public:
    history_lengths() = default;
    explicit history_lengths(const user_item_matrix auto& interactions) { fit(interactions); }

    /// Counts anew.
    void fit(const user_item_matrix auto& interactions) {
        lengths_.resize(interactions.row_count());
        for (std::size_t user = 0; user < lengths_.size(); ++user)
            lengths_[user] =
                static_cast<std::uint32_t>(interactions.row(user_index(user)).columns().size());
    }

    [[nodiscard]] std::size_t operator()(user_index user) const noexcept {
        return user.value() < lengths_.size() ? lengths_[user.value()] : 0;
    }
    template <class Context>
    [[nodiscard]] std::size_t operator()(const request<Context>& who) const noexcept {
        const std::size_t trained = who.user ? (*this)(*who.user) : 0;
        return trained > who.history.size() ? trained : who.history.size();
    }

    [[nodiscard]] static std::string type_name() { return "history_lengths"; }
    void save(archive_writer auto& archive) const {
        archive.write_tensor("lengths", as_span(lengths_), {lengths_.size(), 1});
    }
    [[nodiscard]] static history_lengths load(archive_reader auto& archive) {
        history_lengths result;
        result.lengths_ = archive.template read_tensor<std::uint32_t>("lengths").values;
        return result;
    }

  private:
    std::vector<std::uint32_t> lengths_;
};

/// A gate that is open to users with a history of `from` items up to, but not including, `below`.
struct history_between {
    history_lengths lengths;
    std::size_t from = 0;
    std::size_t below = std::numeric_limits<std::size_t>::max();

    template <class Context>
    [[nodiscard]] bool operator()(const request<Context>& who) const noexcept {
        const std::size_t length = lengths(who);
        return from <= length && length < below;
    }

    /// See `made_of_parts`.
    template <class Self, class Visitor>
    static void visit_parts(Self& self, const Visitor& visitor) {
        visitor(self.lengths);
    }
};

} // namespace hybrec
