// SPDX-License-Identifier: MIT
/// @file
/// Switches by uncertainty.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

struct confident_options {
    std::size_t depth = 20;     ///< how many of the model's best items are looked at; at least 2
    double most_entropy = 0.95; ///< open up to here; 0: one item is all, 1: all are alike
};

/// How undecided a list is: the entropy of the softmax of score/scale, as a share of that of equal
/// scores. 1 for a list of equal scores, of one item, or of none.
/// @param scale what counts as a difference between scores of the model; above 0
[[nodiscard]] inline double list_entropy(std::span<const scored_item> list, double scale) noexcept {
    if (list.size() < 2)
        return 1;
    const auto best = static_cast<double>(list.front().score);
    double total = 0;
    double weighted = 0;
    for (const scored_item& entry : list) {
        const double difference = (static_cast<double>(entry.score) - best) / scale;
        total += std::exp(difference);
        weighted += std::exp(difference) * difference;
    }
    return (std::log(total) - weighted / total) / std::log(static_cast<double>(list.size()));
}

/// A gate that is open to requests about which a model is not too uncertain:
///
///     switching{when("collaborative", confident{std::ref(als), 0.1}, std::ref(als)), otherwise("popular", popular)}
///
/// Asks the model for its best items, so a request costs two searches. Closed to requests for which the
/// model has no basis.
template <component Model>
class confident {
  public:
    /// @param scale what counts as a difference between scores of this model, such as the deviation of a
    ///              typical list; see `list_entropy`
    /// @throws option_error for a scale that is not above 0, a depth below 2, an entropy outside [0, 1].
    confident(Model model, double scale, confident_options options = {})
        : model_{std::move(model)}, scale_{scale}, options_{options} {
        require_option(scale > 0 && std::isfinite(scale), "confident", "scale", scale,
                       "a finite number above 0");
        require_option(options.depth >= 2, "confident", "depth", static_cast<double>(options.depth),
                       "at least 2");
        require_option(options.most_entropy >= 0 && options.most_entropy <= 1, "confident",
                       "most_entropy", options.most_entropy, "a number from 0 to 1");
    }

    /// The entropy of the model's list for a request.
    template <class Context>
    [[nodiscard]] double uncertainty(const request<Context>& who) const {
        borrowed<std::vector<scored_item>> list;
        list->resize(options_.depth);
        const std::size_t size =
            ask_for_items(model_of(model_), who, as_writable_span(*list), unfiltered{});
        return list_entropy(as_span(*list).first(size), scale_);
    }
    template <class Context>
    [[nodiscard]] bool operator()(const request<Context>& who) const {
        return knows_request(model_of(model_), who) && uncertainty(who) <= options_.most_entropy;
    }

    /// See `made_of_parts`.
    template <class Self, class Visitor>
    static void visit_parts(Self& self, const Visitor& visitor) {
        visitor(model_of(self.model_));
    }

  private:
    Model model_;
    double scale_;
    confident_options options_;
};

template <class Model>
confident(Model, double, confident_options = {}) -> confident<Model>;

} // namespace hybrec
