// SPDX-License-Identifier: MIT
/// @file
/// The adaptive hybrid: weights that follow rewards.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/hybrid/detail/kind_of.hpp>
#include <hybrec/hybrid/detail/weigh_columns.hpp>
#include <hybrec/hybrid/guarded.hpp>
#include <hybrec/hybrid/normalize_column.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/hybrid/personal_weights.hpp>
#include <hybrec/retrieval/nested_archive.hpp>
#include <hybrec/simd/batch.hpp>

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace hybrec {

/// The key of a request's user in `personal_weights`; requests without a user have that of everybody.
struct key_by_user {
    static constexpr std::uint32_t nobody = 0xFFFF'FFFFU;
    template <class Context>
    [[nodiscard]] std::uint32_t operator()(const request<Context>& who) const noexcept {
        return who.user ? static_cast<std::uint32_t>(who.user->value()) : nobody;
    }
};

/// Weights that depend on a key: `weights(key, out)`, `rewards(key, values, awake)`.
/// Model: `personal_weights`.
template <class Learner>
concept keyed_weight_learner = requires(Learner& learner, const Learner& learned, std::uint32_t key,
                                        std::span<float> out, std::span<const double> values) {
    { learned.component_count() } -> std::same_as<std::size_t>;
    learned.weights(key, out);
    learner.rewards(key, values, component_set{});
};

/// `adaptive_sum{hedge{3}}`, `adaptive_sum{personal_weights{hedge{3}}}`: Σ wₖ·Nₖ(sₖ) with the weights that a learner
/// has at the moment: global, or by a key of the request (a segment, the user). What a component did
/// not score counts as 0.
///
/// `rewards` may be called while others ask; each request sees the weights of one moment. Copies share
/// the learner: what one is told all know.
template <class Learner, normalizer Normalizer = z_score, class KeyOf = key_by_user>
requires weight_learner<Learner> || keyed_weight_learner<Learner>
class adaptive_sum : public detail::kind_of<Normalizer> {
    static constexpr bool keyed = keyed_weight_learner<Learner>;

  public:
    using workspace = normalizing_workspace<Normalizer>;

    explicit adaptive_sum(Learner learner, Normalizer its_normalizer = Normalizer{},
                          KeyOf key_of = KeyOf{})
        : learner_{std::make_shared<guarded<Learner>>(std::move(learner))},
          normalizer_{std::move(its_normalizer)},
          key_of_{std::move(key_of)} {}

    /// A copy of the learner as it is now.
    [[nodiscard]] Learner learner() const { return learner_->snapshot(); }

    /// What the components earned in one round, each in [0, 1]; see `weight_learner`.
    /// @throws what the learner throws; nothing is learned then.
    void rewards(std::span<const double> values,
                 component_set awake = ~component_set{0}) requires(!keyed) {
        learner_->update([&](Learner& learner) { learner.rewards(values, awake); });
    }
    /// The same for the request that was answered.
    template <class Context>
    void rewards(const request<Context>& who, std::span<const double> values,
                 component_set awake = ~component_set{0}) {
        learner_->update([&](Learner& learner) {
            if constexpr (keyed)
                learner.rewards(key_of_(who), values, awake);
            else
                learner.rewards(values, awake);
        });
    }

    /// The weights that a request would be answered with. @pre a place for each component.
    template <class Context>
    void weights(const request<Context>& who, std::span<float> out) const {
        learner_->read([&](const Learner& learner) {
            if constexpr (keyed) {
                learner.weights(key_of_(who), out);
            } else {
                for (std::size_t k = 0; k < out.size(); ++k)
                    out[k] = static_cast<float>(learner.weights()[k]);
            }
            return 0;
        });
    }

    /// See `combiner`. @pre the table has a column for each component of the learner.
    template <class Context, class Arch = simd::default_arch>
    void combine(const request<Context>& who, score_table& table, std::span<float> out,
                 workspace& memory) const {
        std::array<float, score_table::max_components> values{};
        const std::span<float> own = as_writable_span(values).first(table.component_count());
        weights(who, own);
        for (std::size_t k = 0; k < own.size(); ++k)
            normalize_column(normalizer_, table, k, memory);
        detail::weigh_columns<Arch>(table, own, 0.0F, out);
    }

    /// See `explaining_combiner`: with the weights that the request would be answered with now.
    template <class Context>
    double contributions(const request<Context>& who, score_table& table, std::size_t row,
                         std::span<affine_map> maps, workspace& memory) const {
        std::array<float, score_table::max_components> values{};
        weights(who, as_writable_span(values).first(table.component_count()));
        for (std::size_t k = 0; k < table.component_count(); ++k)
            maps[k] = static_cast<double>(values[k]) *
                      normalizing_map(normalizer_, table, k, row, memory);
        return 0;
    }

    [[nodiscard]] static std::string
    type_name() requires archivable<Learner> && archivable<Normalizer> {
        return "adaptive_sum<" + Learner::type_name() + "," + Normalizer::type_name() + ">";
    }
    /// The weights of the moment; not what the key of a request is made by, which is code.
    void save(archive_writer auto& archive) const requires archivable<Learner> &&
        archivable<Normalizer> {
        nested_archive own{archive, "learner."};
        learner().save(own);
        normalizer_.save(archive);
    }
    [[nodiscard]] static adaptive_sum
    load(archive_reader auto& archive) requires archivable<Learner> && archivable<Normalizer> {
        nested_archive own{archive, "learner."};
        auto learned = Learner::load(own);
        return adaptive_sum{std::move(learned), Normalizer::load(archive)};
    }

  private:
    std::shared_ptr<guarded<Learner>> learner_;
    [[no_unique_address]] Normalizer normalizer_;
    [[no_unique_address]] KeyOf key_of_;
};

} // namespace hybrec
