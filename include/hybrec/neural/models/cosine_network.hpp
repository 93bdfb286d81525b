// SPDX-License-Identifier: MIT
/// @file
/// The network of `recommender_net`: two embeddings, their cosine, one weight and one bias.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/dense.hpp>
#include <hybrec/neural/embedding.hpp>
#include <hybrec/neural/interaction.hpp>
#include <hybrec/neural/loss.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec::neural {

namespace detail {

/// Cosines and labels of some samples, and the losses and slopes of their scores, a register at a
/// time. Memory is kept.
template <class T>
class scored_samples {
  public:
    void clear() noexcept { count_ = 0; }
    void add(T cosine, T label) {
        if (count_ == cosines_.size())
            for (auto* values : {&cosines_, &labels_, &losses_, &slopes_})
                values->resize(padded_size<T>(2 * count_ + 1));
        cosines_[count_] = cosine;
        labels_[count_++] = label;
    }
    template <class Arch = simd::default_arch>
    void score(T weight, T bias) noexcept {
        using loss = binary_cross_entropy_with_logits;
        for (std::size_t at = 0; at < count_; at += simd::width<T, Arch>) {
            const auto score = simd::multiply_add(simd::broadcast<T, Arch>(weight),
                                                  simd::load<T, Arch>(cosines_.data() + at),
                                                  simd::broadcast<T, Arch>(bias));
            const auto label = simd::load<T, Arch>(labels_.data() + at);
            loss::value(score, label).store_aligned(losses_.data() + at);
            loss::slope(score, label).store_aligned(slopes_.data() + at);
        }
    }
    /// @pre of what was scored.
    [[nodiscard]] double total_loss() const noexcept {
        double total = 0;
        for (std::size_t at = 0; at < count_; ++at)
            total += static_cast<double>(losses_[at]);
        return total;
    }
    [[nodiscard]] T cosine(std::size_t at) const noexcept { return cosines_[at]; }
    [[nodiscard]] T slope(std::size_t at) const noexcept { return slopes_[at]; }

  private:
    std::size_t count_ = 0;
    aligned_vector<T> cosines_, labels_, losses_, slopes_;
};

} // namespace detail

/// P(like) = σ(w·cos(xᵤ, yᵢ) + b), trained by binary cross-entropy.
///
/// Forward and backward are one pass over the users of a batch and one over its items. With the
/// derivative c of the mean loss by the cosine of a sample, and unit vectors x̂ and ŷ,
///
///     ∂x = Σ c·(ŷ − cos·x̂)/|x| = (Σ (c/|y|)·y − (Σ c·cos)·x/|x|)/|x|
///
/// over the samples of the user: vectors are added as they are stored, and the user's own only once.
template <class T = float>
class cosine_network {
  public:
    using value_type = T;

    cosine_network() = default;
    /// @param deviation of the embeddings' starting values, which are normal; weight and bias start
    ///                  as those of `dense`
    cosine_network(std::size_t users, std::size_t items, std::size_t size, double deviation,
                   std::uint64_t seed)
        : users_{users, size, counter_random{seed, 1}, deviation},
          items_{items, size, counter_random{seed, 2}, deviation},
          output_{1, 1, counter_random{seed, 3}} {}

    [[nodiscard]] const matrix<T>& users() const noexcept { return users_.table(); }
    [[nodiscard]] const matrix<T>& items() const noexcept { return items_.table(); }
    [[nodiscard]] T weight() const noexcept { return output_.weights()(0, 0); }
    [[nodiscard]] T bias() const noexcept { return output_.bias()(0, 0); }

    /// w·cos(xᵤ, yᵢ) + b.
    [[nodiscard]] T logit(std::uint32_t user, std::uint32_t item) const noexcept {
        const T* const x = users().row(user);
        const T* const y = items().row(item);
        const std::size_t size = users().stride();
        const T cosine = simd::dot(x, y, size) * inverse_length(x, size) * inverse_length(y, size);
        return weight() * cosine + bias();
    }

    /// See `trainable`. Complexity: O(batch · size).
    double gradients(const rating_samples& samples, std::span<const std::uint32_t> positions,
                     std::size_t epoch, const pass& pass) {
        batch_.read(samples, positions, epoch, pass.where);
        double loss = 0;
        users_.visit([&](sparse_parameter<T>& users) {
            items_.visit([&](sparse_parameter<T>& items) {
                pass.where.threads().for_chunks(
                    2, 1, [&](std::size_t side, std::size_t, std::size_t) {
                        side == 0 ? users.touched.group(batch_.users, users.value.rows())
                                  : items.touched.group(batch_.items, items.value.rows());
                    });
                measure(users, batch_.user_lengths, pass.where);
                measure(items, batch_.item_lengths, pass.where);
                loss = descend_users(users, items, pass.where);
                descend_items(users, items, pass.where);
            });
        });
        return loss / static_cast<double>(positions.size());
    }

    /// The mean loss over all samples, as they are in epoch 0.
    [[nodiscard]] double mean_loss(const rating_samples& samples, const execution& where) const {
        const std::vector<T> by_user = inverse_lengths(users(), where);
        const std::vector<T> by_item = inverse_lengths(items(), where);
        const double total = parallel_reduce(
            where.threads(), samples.size(), 4096, 0.0,
            [&](std::size_t begin, std::size_t end) {
                detail::scored_samples<T> part;
                for (std::size_t at = begin; at < end; ++at) {
                    const rating_sample sample = samples.at(at, 0);
                    part.add(simd::dot(users().row(sample.user), items().row(sample.item),
                                       users().stride()) *
                                 by_user[sample.user] * by_item[sample.item],
                             static_cast<T>(sample.label));
                }
                part.score(weight(), bias());
                return part.total_loss();
            },
            [](double& sum, double part) { sum += part; }, where.stop);
        return total / static_cast<double>(samples.size());
    }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        users_.visit(visitor), items_.visit(visitor), output_.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        users_.visit(visitor), items_.visit(visitor), output_.visit(visitor);
    }

  private:
    static constexpr std::size_t groups_at_once = 16;

    /// The samples of a batch, and what the two passes hand on. Memory is kept.
    struct batch {
        std::vector<std::uint32_t> users, items;
        std::vector<T> labels;
        std::vector<T> slopes;                     ///< c of each sample
        std::vector<T> cosines;                    ///< of each sample
        std::vector<T> user_lengths, item_lengths; ///< 1/|x| of touched rows
        struct sums {
            double loss = 0;
            double weight = 0; ///< ∂w
            double bias = 0;   ///< ∂b
        };
        std::vector<sums> parts;                       ///< of each chunk of users
        std::vector<detail::scored_samples<T>> scored; ///< of each worker

        void read(const rating_samples& samples, std::span<const std::uint32_t> positions,
                  std::size_t epoch, const execution& where) {
            users.resize(positions.size()), items.resize(positions.size());
            labels.resize(positions.size()), slopes.resize(positions.size());
            cosines.resize(positions.size());
            for_each_row(positions.size(), where, [&](std::size_t at) {
                const rating_sample sample = samples.at(positions[at], epoch);
                users[at] = sample.user;
                items[at] = sample.item;
                labels[at] = static_cast<T>(sample.label);
            });
        }
    };

    static void measure(const sparse_parameter<T>& table, std::vector<T>& lengths,
                        const execution& where) {
        lengths.resize(table.touched.size());
        for_each_row(table.touched.size(), where, [&](std::size_t k) {
            lengths[k] =
                inverse_length(table.value.row(table.touched.rows()[k]), table.value.stride());
        });
    }
    [[nodiscard]] static std::vector<T> inverse_lengths(const matrix<T>& table,
                                                        const execution& where) {
        std::vector<T> lengths(table.rows());
        for_each_row(table.rows(), where, [&](std::size_t row) {
            lengths[row] = inverse_length(table.row(row), table.stride());
        });
        return lengths;
    }

    /// Scores the samples of every user, and sets the gradients of users, weight and bias. Gives the
    /// sum of the losses.
    double descend_users(sparse_parameter<T>& users, const sparse_parameter<T>& items,
                         const execution& where) {
        const std::size_t size = users.value.stride();
        const T share = T{1} / static_cast<T>(batch_.users.size());
        users.gradient.resize(users.touched.size(), users.value.columns());
        batch_.parts.assign(users.touched.size() / groups_at_once + 1, {});
        batch_.scored.resize(where.threads().size());
        where.threads().for_chunks_with_affinity(
            users.touched.size(), groups_at_once,
            [&](std::size_t begin, std::size_t end, std::size_t worker) {
                detail::scored_samples<T>& scored = batch_.scored[worker];
                scored.clear();
                for (std::size_t k = begin; k < end; ++k)
                    for_each_cosine(users, items, k, [&](std::uint32_t at, T cosine) {
                        scored.add(cosine, batch_.labels[at]);
                    });
                scored.score(weight(), bias());
                typename batch::sums sums{.loss = scored.total_loss()};
                std::size_t number = 0;
                for (std::size_t k = begin; k < end; ++k) {
                    T* const gradient = users.gradient.row(k);
                    std::fill_n(gradient, size, T{0});
                    T own{0};
                    for (const std::uint32_t at : users.touched.members(k)) {
                        const std::uint32_t item = batch_.items[at];
                        const T cosine = scored.cosine(number);
                        const T slope = share * scored.slope(number++);
                        sums.weight += static_cast<double>(slope * cosine);
                        sums.bias += static_cast<double>(slope);
                        const T by_cosine = weight() * slope;
                        batch_.slopes[at] = by_cosine;
                        batch_.cosines[at] = cosine;
                        own += by_cosine * cosine;
                        simd::axpy(by_cosine * batch_.item_lengths[items.touched.slot(item)],
                                   items.value.row(item), gradient, size);
                    }
                    finish(users.value.row(users.touched.rows()[k]), batch_.user_lengths[k], own,
                           gradient, size);
                }
                batch_.parts[begin / groups_at_once] = sums;
            },
            where.stop);
        typename batch::sums total;
        for (const auto& part : batch_.parts) {
            total.loss += part.loss;
            total.weight += part.weight;
            total.bias += part.bias;
        }
        std::size_t number = 0;
        output_.visit([&](parameter<T>& each) {
            each.gradient(0, 0) = static_cast<T>(number++ == 0 ? total.weight : total.bias);
        });
        return total.loss;
    }

    /// `use(position, cosine)` for the samples of the k-th user of the batch, in order; four at a time.
    template <class Use>
    void for_each_cosine(const sparse_parameter<T>& users, const sparse_parameter<T>& items,
                         std::size_t k, Use&& use) const {
        const std::size_t size = users.value.stride();
        const T* const x = users.value.row(users.touched.rows()[k]);
        const T by_x = batch_.user_lengths[k];
        const auto members = users.touched.members(k);
        const auto y = [&](std::size_t at) { return items.value.row(batch_.items[members[at]]); };
        const auto add = [&](std::size_t at, T product) {
            const std::size_t slot = items.touched.slot(batch_.items[members[at]]);
            use(members[at], product * by_x * batch_.item_lengths[slot]);
        };
        std::size_t at = 0;
        for (T products[4]; at + 4 <= members.size(); at += 4) {
            simd::dot_four(x, y(at), y(at + 1), y(at + 2), y(at + 3), size, products);
            for (std::size_t one = 0; one < 4; ++one)
                add(at + one, products[one]);
        }
        for (; at < members.size(); ++at)
            add(at, simd::dot(x, y(at), size));
    }

    void descend_items(const sparse_parameter<T>& users, sparse_parameter<T>& items,
                       const execution& where) {
        const std::size_t size = items.value.stride();
        items.gradient.resize(items.touched.size(), items.value.columns());
        where.threads().for_chunks_with_affinity(
            items.touched.size(), groups_at_once,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t k = begin; k < end; ++k) {
                    T* const gradient = items.gradient.row(k);
                    std::fill_n(gradient, size, T{0});
                    T own{0};
                    for (const std::uint32_t at : items.touched.members(k)) {
                        const std::uint32_t user = batch_.users[at];
                        const T by_x = batch_.user_lengths[users.touched.slot(user)];
                        own += batch_.slopes[at] * batch_.cosines[at];
                        simd::axpy(batch_.slopes[at] * by_x, users.value.row(user), gradient, size);
                    }
                    finish(items.value.row(items.touched.rows()[k]), batch_.item_lengths[k], own,
                           gradient, size);
                }
            },
            where.stop);
    }

    /// gradient = (gradient − own·x/|x|)/|x|.
    static void finish(const T* x, T by_x, T own, T* gradient, std::size_t size) noexcept {
        simd::axpy(-own * by_x, x, gradient, size);
        simd::scale(by_x, gradient, gradient, size);
    }

    embedding<T> users_;
    embedding<T> items_;
    dense<T> output_;
    batch batch_;
};

} // namespace hybrec::neural
