// SPDX-License-Identifier: MIT
/// @file
/// The gradient steps of models that learn from pairs.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/bpr/detail/step_rows.hpp>
#include <hybrec/factorization/bpr/detail/strata.hpp>
#include <hybrec/factorization/bpr/losses.hpp>
#include <hybrec/factorization/bpr/options.hpp>
#include <hybrec/factorization/detail/draws.hpp>
#include <hybrec/simd/pairwise.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Lets the loss choose among the `items` that `draw` draws from, without those that are ruled out.
/// `margin(negative)` is by how much the positive is ahead.
template <class Loss, class Draw, class RuledOut, class Margin>
[[nodiscard]] pairwise_draw draw_pair(const Loss& loss, std::size_t items, Draw&& draw,
                                      RuledOut&& ruled_out, Margin&& margin) noexcept {
    const auto next = [&](std::size_t& negative) {
        constexpr int most_attempts = 64; // a user who has all items has no negative
        for (int attempt = 0; attempt < most_attempts; ++attempt) {
            const item_index candidate = draw();
            negative = candidate.value();
            if (!ruled_out(candidate))
                return true;
        }
        return false;
    };
    return loss.draw(
        next, [&](std::size_t negative) { return margin(item_index(negative)); }, items);
}

/// Epochs of steps on a model's tables.
template <class Loss>
class pairwise_descent {
  public:
    pairwise_descent(const pairwise_options& options, const Loss& loss,
                     factor_table<user_index, float>& users, factor_table<item_index, float>& items)
        : options_{options}, loss_{loss}, users_{users}, items_{items} {}

    /// One epoch: diagonal by diagonal, the strata of one at the same time; or, if threads may race, as many
    /// strata at the same time as there are threads. Gives the mean loss.
    template <class Use>
    double run_epoch(const positive_entries<Use>& positives, strata<Use>& strata, std::size_t epoch,
                     const execution& where) {
        const std::size_t count = strata.count();
        const counter_random random{options_.seed};
        const std::uint64_t stream = std::uint64_t{epoch} << 32;
        strata.draw(positives, random.stream(stream + block_stream), where);
        std::vector<double> losses(count * count);
        std::vector<pair_filter<Use>> filters(where.threads().size());
        const std::size_t steps = options_.racy ? 1 : count;
        for (std::size_t step = 0; step < steps; ++step)
            where.threads().for_chunks(
                count * count / steps, 1,
                [&](std::size_t turn, std::size_t, std::size_t worker) {
                    const std::size_t users = turn % count;
                    const std::size_t items = (users + step + turn / count) % count;
                    const std::size_t stratum = users * count + items;
                    const auto run = [&](auto rows) {
                        losses[stratum] = descend(
                            positives, strata.entries(users, items), strata.items(items),
                            strata.item_count(), filters[worker],
                            draws{random.stream(stream + first_stratum_stream + stratum)}, rows);
                    };
                    if (options_.racy)
                        run(racing_rows{users_, items_});
                    else
                        run(own_rows{users_, items_});
                },
                where.stop);
        double total = 0;
        for (const double loss : losses)
            total += loss;
        return total / static_cast<double>(positives.columns.size());
    }

  private:
    // Names of streams of random numbers: an epoch in the upper half, what the numbers are for below.
    static constexpr std::uint64_t block_stream = 4;
    static constexpr std::uint64_t first_stratum_stream = 5;

    /// A step for each of `entries`, in random order, with negatives of `block`, which stands for
    /// all `items` that were chosen. Gives the loss.
    template <class Use, class Rows>
    double descend(const positive_entries<Use>& positives, std::span<strata_entry<Use>> entries,
                   std::span<const item_index> block, std::size_t items, pair_filter<Use>& filter,
                   draws draws, Rows& rows) {
        filter.assign(entries);
        double total = 0;
        for (std::size_t at = 0; at < entries.size(); ++at) {
            std::swap(entries[at], entries[at + draws.below(entries.size() - at)]);
            const user_index user = entries[at].user; // clang 14 captures no structured bindings
            const item_index item = entries[at].item;
            float* const x = rows.user(user);
            float* const y = rows.positive(item);
            const pairwise_draw drawn = draw_pair(
                loss_, items, [&] { return block[draws.below(block.size())]; },
                [&](item_index candidate) {
                    const auto chosen = positives.of(user);
                    return filter.may_hold(user, candidate) &&
                           std::binary_search(chosen.begin(), chosen.end(), candidate);
                },
                [&](item_index negative) {
                    return simd::dot_difference(x, y, rows.negative(negative), items_.stride());
                });
            if (drawn.pull != 0) {
                step(x, y, rows.negative(item_index(drawn.negative)), drawn.pull);
                rows.write();
            }
            if (options_.compute_loss)
                total += loss_.value(drawn);
        }
        return total;
    }

    /// xᵤ += η(pull·(yᵢ − yⱼ) − λ·xᵤ), yᵢ += η(pull·xᵤ − λ·yᵢ), yⱼ += η(−pull·xᵤ − λ·yⱼ)
    /// (Rendle et al. 2009, section 4.3.1), and the same for the biases.
    void step(float* x, float* y, float* z, float pull) const noexcept {
        const auto rate = static_cast<float>(options_.learning_rate);
        const auto keep = [&](double regularization) {
            return 1 - rate * static_cast<float>(regularization);
        };
        const std::size_t bias = options_.factors;
        const bool has_bias = options_.item_bias;
        const float up = has_bias ? y[bias] : 0;
        const float down = has_bias ? z[bias] : 0;
        simd::pairwise_step(x, y, z, rate * pull, keep(options_.user_regularization),
                            keep(options_.item_regularization), items_.stride());
        if (has_bias) {
            x[bias] = 1;
            y[bias] = keep(options_.bias_regularization) * up + rate * pull;
            z[bias] = keep(options_.bias_regularization) * down - rate * pull;
        }
    }

    const pairwise_options& options_;
    const Loss& loss_;
    factor_table<user_index, float>& users_;
    factor_table<item_index, float>& items_;
};

} // namespace hybrec::detail
