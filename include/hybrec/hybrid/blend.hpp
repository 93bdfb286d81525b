// SPDX-License-Identifier: MIT
/// @file
/// Several models' scores made one.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/explain_parts.hpp>
#include <hybrec/hybrid/detail/gather.hpp>
#include <hybrec/hybrid/detail/parts.hpp>
#include <hybrec/hybrid/hybrid_explanation.hpp>
#include <hybrec/hybrid/request_model.hpp>
#include <hybrec/retrieval/nested_archive.hpp>
#include <hybrec/retrieval/request_admission.hpp>
#include <hybrec/retrieval/select_scored.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

/// Scores of one kind, or a combiner that takes any (such as one with a normalizer).
template <class Combiner, score_kind... Kinds>
concept combines_kinds = (sizeof...(Kinds) != 0 &&
                          sizeof...(Kinds) <= score_table::max_components) &&
                         (makes_own_kind<Combiner> || ((Kinds == std::array{Kinds...}[0]) && ...));

/// `blend{combiner, als, item_knn, content}`: every part scores, the combiner makes one score of theirs.
///
/// The list that a combiner sees, and that normalizers refer to, is the whole catalogue where the blend is
/// asked as a model (so an item's score depends on the user and the item alone), and the candidates
/// where it is a stage of a pipeline. Parts without a basis for a request are left out; an item that no
/// part has a score for is not recommended.
///
/// As a model each call costs a pass over the catalogue for each part. Parts are held by value, or shared
/// with `std::ref`; all have the same items.
template <combiner Combiner, scoring_component... Models>
requires combines_kinds<Combiner, held_type<Models>::kind...>
class blend : public request_model<blend<Combiner, Models...>> {
  public:
    static constexpr score_kind kind =
        kind_after<Combiner, std::array{held_type<Models>::kind...}[0]>;
    static constexpr std::size_t component_count = sizeof...(Models);

    /// What a call needs; grows as needed.
    class workspace {
        friend blend;
        score_table table_;
        aligned_vector<float> scores_;
        typename Combiner::workspace combiner_;
    };

    explicit blend(Combiner combiner, Models... models)
        : combiner_{std::move(combiner)}, models_{std::move(models)...} {}

    [[nodiscard]] const Combiner& combiner() const noexcept { return combiner_; }
    [[nodiscard]] Combiner& combiner() noexcept { return combiner_; }
    /// Part k.
    template <std::size_t Part>
    [[nodiscard]] const auto& model() const noexcept {
        return model_of(std::get<Part>(models_));
    }
    template <std::size_t Part>
    [[nodiscard]] auto& model() noexcept {
        return model_of(std::get<Part>(models_));
    }

    [[nodiscard]] std::size_t user_count() const noexcept { return detail::most_users(models_); }
    [[nodiscard]] std::size_t item_count() const noexcept { return model<0>().item_count(); }

    /// Whether some part has a basis to answer.
    template <class Context>
    [[nodiscard]] bool knows_request(const request<Context>& who) const noexcept {
        return detail::some_part_knows(models_, who);
    }

    /// Combines what the parts say about the whole catalogue; see `request_model::recommend_into`.
    template <class Context, request_filter<request<Context>> Filter>
    std::size_t answer(const request<Context>& who, std::span<scored_item> out,
                       const Filter& filter) const {
        borrowed<workspace> memory;
        score_catalogue(who, *memory);
        return select_scored(as_writable_span(memory->scores_).first(item_count()), out,
                             request_admission<Filter, request<Context>>{filter, who}, absent);
    }

    /// Scores of items as members of the whole catalogue: see `request_model::score`.
    template <class Context>
    bool score_request(const request<Context>& who, std::span<const item_index> items,
                       std::span<float> out) const noexcept {
        if (!knows_request(who))
            return false;
        borrowed<workspace> memory;
        score_catalogue(who, *memory);
        for (std::size_t at = 0; at < items.size(); ++at)
            out[at] = memory->scores_[items[at].value()];
        return true;
    }
    /// The same for the whole catalogue. @pre some part has a basis to answer.
    template <class Context>
    void score_all(const request<Context>& who, std::span<float> out) const noexcept {
        borrowed<workspace> memory;
        score_catalogue(who, *memory);
        std::copy_n(memory->scores_.begin(), out.size(), out.begin());
    }

    /// Combines what the parts say about `items` alone, as a stage of a pipeline: every part is
    /// asked for its scores of all of them. An item that no part scored gets `absent`.
    /// @pre the items are distinct and below `item_count()`; `items.size() == out.size()`.
    template <class Context>
    void score_candidates(const request<Context>& who, std::span<const item_index> items,
                          std::span<float> out, workspace& memory) const {
        gather(who, items, memory.table_);
        combine(who, out, memory);
    }

    /// Why an item has its score as a member of the whole catalogue; see `request_model::explain`.
    template <class User, class Context>
    requires explaining_combiner<Combiner, request<Context>> &&
        (explaining_component<Models, User>&&...) [[nodiscard]] hybrid_explanation
        explain_request(const request<Context>& who, item_index item) const {
        borrowed<workspace> memory;
        gather_catalogue(who, memory->table_);
        return detail::explain_row(combiner_, models_, who, memory->table_, item.value(),
                                   memory->combiner_);
    }
    /// Why the item at `row` of `items` has its score among them; see `score_candidates`.
    template <class User, class Context>
    requires explaining_combiner<Combiner, request<Context>> &&
        (explaining_component<Models, User>&&...) [[nodiscard]] hybrid_explanation
        explain_candidate(const request<Context>& who, std::span<const item_index> items,
                          std::size_t row, workspace& memory) const {
        gather(who, items, memory.table_);
        return detail::explain_row(combiner_, models_, who, memory.table_, row, memory.combiner_);
    }

    [[nodiscard]] static std::string type_name() requires archivable<Combiner> &&
        (archivable<Models>&&...) {
        std::string name = "blend<" + std::string{Combiner::type_name()};
        ((name += "," + std::string{Models::type_name()}), ...);
        return name + ">";
    }
    void save(archive_writer auto& archive) const requires archivable<Combiner> &&
        (archivable<Models>&&...) {
        nested_archive own{archive, "combiner."};
        combiner_.save(own);
        detail::for_each_part(models_, [&](const auto& model, std::size_t part) {
            nested_archive nested{archive, part_prefix(part)};
            model.save(nested);
        });
    }
    [[nodiscard]] static blend load(archive_reader auto& archive) requires archivable<Combiner> &&
        (archivable<Models>&&...) {
        nested_archive own{archive, "combiner."};
        std::size_t part = 0;
        const auto load_part = [&]<class Model>(std::type_identity<Model>) {
            nested_archive nested{archive, part_prefix(part++)};
            return Model::load(nested);
        };
        return blend{Combiner::load(own), load_part(std::type_identity<Models>{})...};
    }

    /// See `made_of_parts`.
    template <class Self, class Visitor>
    static void visit_parts(Self& self, const Visitor& visitor) {
        visitor(self.combiner_);
        std::apply([&](auto&... part) { (visitor(model_of(part)), ...); }, self.models_);
    }

    /// What the parts say about the whole catalogue: a column for each part, row i for item i.
    /// @throws shape_error if the parts differ in their items; what `fold_in` throws.
    template <class Context>
    void gather_catalogue(const request<Context>& who, score_table& table) const {
        require_same_items();
        table.reset(component_count, item_count());
        detail::for_each_part(models_, [&](const auto& model, std::size_t part) {
            detail::gather_catalogue(model, part, who, table);
        });
    }
    /// What the parts say about some items, which are distinct.
    template <class Context>
    void gather(const request<Context>& who, std::span<const item_index> items,
                score_table& table) const {
        require_same_items();
        table.reset(component_count, items);
        detail::for_each_part(models_, [&](const auto& model, std::size_t part) {
            detail::gather_items(model, part, who, table);
        });
    }

    /// The score of an item that no part has a score for.
    static constexpr float absent = std::numeric_limits<float>::lowest();

  private:
    template <class Context>
    void score_catalogue(const request<Context>& who, workspace& memory) const {
        gather_catalogue(who, memory.table_);
        memory.scores_.resize(padded_size<float>(item_count()));
        combine(who, as_writable_span(memory.scores_).first(item_count()), memory);
    }

    template <class Context>
    void combine(const request<Context>& who, std::span<float> out, workspace& memory) const {
        combiner_.combine(who, memory.table_, out, memory.combiner_);
        const auto sources = std::as_const(memory.table_).sources();
        for (std::size_t at = 0; at < out.size(); ++at)
            out[at] = sources[at] == 0 ? absent : out[at];
    }

    void require_same_items() const {
        detail::for_each_part(models_, [&](const auto& model, std::size_t part) {
            if (model.item_count() != item_count())
                fail<shape_error>({"blend: part 0 has ", item_count(), " items, part ", part,
                                   " has ", model.item_count()});
        });
    }

    Combiner combiner_;
    std::tuple<Models...> models_;
};

template <class Combiner, class... Models>
blend(Combiner, Models...) -> blend<Combiner, Models...>;

} // namespace hybrec
