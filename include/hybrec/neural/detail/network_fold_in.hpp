// SPDX-License-Identifier: MIT
/// @file
/// Folding a user into a trained network, by gradient steps.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/neural/detail/trained_network.hpp>
#include <hybrec/neural/loss.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/optimizer.hpp>
#include <hybrec/neural/prepared_rows.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace hybrec::neural::detail {

/// Moves the vector of a user's id down the mean cross-entropy of some samples, and nothing else.
template <class Network>
class network_fold_in {
  public:
    using value_type = typename Network::value_type;
    using network_type = trained_network<Network>;

    /// Begins at the vector of unknown users. @param features as `trained_network` takes them
    network_fold_in(const network_type& trained, typename network_type::features features)
        : trained_{trained} {
        trained_.prepare_unknown(features, memory_);
    }

    /// The user as the network sees it.
    [[nodiscard]] const prepared_rows<value_type>& user() const noexcept { return memory_.user; }
    /// The vector of the id. `prepare` has to follow a change.
    [[nodiscard]] value_type* vector() noexcept { return memory_.vectors.row(0); }
    void prepare() { trained_.prepare_again(memory_); }

    /// Writes the derivatives of the mean loss by the vector of the id, whose padding stays as it is.
    template <class = on_use>
    void gradient(std::span<const rating_sample> samples, value_type* by_vector) {
        const Network& network = trained_.network();
        slopes_ = memory_.user;
        for (auto* each : {&slopes_.vectors, &slopes_.hidden, &slopes_.rest, &slopes_.tokens})
            each->fill_zero();
        std::array<value_type, network_type::most_rows> scores;
        for (std::size_t begin = 0; begin < samples.size(); begin += scores.size()) {
            const auto some =
                samples.subspan(begin, std::min(scores.size(), samples.size() - begin));
            which_.clear();
            for (const rating_sample& each : some)
                which_.push_back(each.item);
            network.meet(memory_.user, trained_.prepared_items(), which_, memory_.hidden,
                         scores.data(), memory_.pass);
            trained_.scorer().add_scores(memory_.hidden, scores.data(), memory_.tower);
            for (std::size_t at = 0; at < some.size(); ++at)
                scores[at] = binary_cross_entropy_with_logits::slope(
                                 scores[at], static_cast<value_type>(some[at].label)) /
                             static_cast<value_type>(samples.size());
            trained_.scorer().descend(scores.data(), memory_.hidden, memory_.tower);
            network.meet_backward(memory_.user, trained_.prepared_items(), which_, memory_.hidden,
                                  scores.data(), slopes_, memory_.pass);
        }
        const std::size_t size = network.encoder().users().size();
        std::fill_n(by_vector, size, value_type{0});
        network.prepare_backward(memory_.vectors, memory_.user, slopes_, by_vector);
        const matrix<value_type>& weights = network.deep().hidden().front().map.weights();
        for (std::size_t k = 0; k < size; ++k)
            by_vector[k] +=
                simd::dot(weights.row(k), slopes_.hidden.row(0), slopes_.hidden.stride());
    }

    /// Adam steps on the cross-entropy of `liked`, and of `options.negatives` items of label 0 for
    /// each of them, which are drawn anew in every step.
    template <class Options>
    void descend(std::vector<rating_sample> liked, const Options& options) {
        const std::size_t size =
            padded_size<value_type>(trained_.network().encoder().users().size());
        const std::size_t history = liked.size();
        aligned_vector<value_type> slopes(size), first(size), second(size);
        for (std::size_t step = 1; step <= options.fold_in_steps; ++step) {
            add_negatives(liked, history, step, options);
            gradient(liked, slopes.data());
            adam{}.template step<value_type>(options.fold_in_rate, step)(
                vector(), slopes.data(), {first.data(), second.data()}, size);
            prepare();
        }
    }

  private:
    /// Replaces what follows the history by items of label 0, as in training.
    template <class Options>
    void add_negatives(std::vector<rating_sample>& liked, std::size_t history, std::size_t step,
                       const Options& options) const {
        liked.resize(history);
        const auto& items = trained_.items();
        if (items.size() == history)
            return;
        const counter_random random{options.seed, std::uint64_t{step} << 32 | 4};
        const auto has = [&](std::uint32_t item) {
            return std::any_of(liked.begin(), liked.begin() + static_cast<std::ptrdiff_t>(history),
                               [&](const rating_sample& each) { return each.item == item; });
        };
        for (std::size_t at = 0; at < history * options.negatives; ++at) {
            constexpr std::size_t attempts = 16;
            for (std::size_t attempt = 0; attempt < attempts; ++attempt) {
                const auto item =
                    static_cast<std::uint32_t>(random.below(items.size(), at * attempts + attempt));
                if (items.id(item) == item && !has(item)) {
                    liked.push_back({0, item, 0});
                    break;
                }
            }
        }
    }

    const network_type& trained_;
    typename network_type::memory memory_;
    prepared_rows<value_type> slopes_;
    std::vector<std::uint32_t> which_;
};

} // namespace hybrec::neural::detail
