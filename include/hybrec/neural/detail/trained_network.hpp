// SPDX-License-Identifier: MIT
/// @file
/// A trained network with all that can be computed before a user asks.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/checkpoint.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/feature_samples.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/prepared_rows.hpp>
#include <hybrec/neural/tower_scorer.hpp>
#include <hybrec/retrieval/embedding_index.hpp>
#include <hybrec/retrieval/select_scored.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec::neural::detail {

template <class T>
[[nodiscard]] bool is_finite(const matrix<T>& values) noexcept {
    return std::all_of(values.data(), values.data() + values.size(),
                       [](T value) { return std::isfinite(value); });
}

/// A network with the users and items that it was trained on. What depends on an item alone is
/// computed once, here; what depends on a user, once per request, by `prepare_user` and the like.
template <class Network>
class trained_network {
  public:
    using value_type = typename Network::value_type;
    using rows_type = prepared_rows<value_type>;
    using user_side = feature_samples::user_side;
    using item_side = feature_samples::item_side;
    using features = std::span<const sparse_row<feature_index, float>>;

    /// Memory of a request.
    struct memory {
        rows_type user;
        batch_side<value_type> side;
        matrix<value_type> vectors; ///< of the user's fields, that of the id first
        typename std::remove_cvref_t<
            decltype(std::declval<const Network&>().encoder().users())>::workspace rows;
        typename Network::workspace pass;
        typename tower_scorer<value_type>::workspace tower;
        matrix<value_type> hidden;
        aligned_vector<value_type> scores;
    };

    trained_network() = default;
    /// @throws numeric_error in the name of `owner` if weights are not finite.
    trained_network(const std::string& owner, user_side users, item_side items, Network network,
                    const execution& where)
        : users_{std::move(users)},
          items_{std::move(items)},
          network_{std::move(network)},
          scorer_{network_.deep()} {
        prepare(owner, where);
    }

    [[nodiscard]] const user_side& users() const noexcept { return users_; }
    [[nodiscard]] const item_side& items() const noexcept { return items_; }
    [[nodiscard]] const Network& network() const noexcept { return network_; }
    [[nodiscard]] const tower_scorer<value_type>& scorer() const noexcept { return scorer_; }
    [[nodiscard]] const rows_type& prepared_items() const noexcept { return prepared_; }

    /// Whether a user was prepared by a network of this shape.
    [[nodiscard]] bool fits(const rows_type& user) const noexcept {
        return user.vectors.columns() == prepared_.vectors.columns() &&
               user.hidden.columns() == network_.deep().first_width();
    }

    /// The vectors by which likeness is told; zero for who is not known.
    [[nodiscard]] const embedding_index<user_index, value_type>& similar_users() const noexcept {
        return user_index_;
    }
    [[nodiscard]] const embedding_index<item_index, value_type>& similar_items() const noexcept {
        return item_index_;
    }

    /// Computes what depends on the user alone.
    void prepare_user(user_index user, memory& each) const {
        each.side.describe_row(users_, user);
        look_up_and_prepare(each);
    }
    /// The same of an unknown user with these features.
    void prepare_unknown(features described, memory& each) const {
        each.side.describe_unknown(users_, described);
        look_up_and_prepare(each);
    }
    /// The same after a change of the user's vectors.
    void prepare_again(memory& each) const {
        network_.prepare_users(each.side, each.vectors, each.user, each.pass, alone());
        network_.prepare_pairs(each.user);
        if constexpr (Network::adds_up)
            scorer_.look_ahead_user(each.user.hidden, each.user.ahead);
    }

    /// @param where which threads share the items; null: the calling one alone, with `each`.
    void score(const rows_type& user, std::span<const item_index> items, std::span<value_type> out,
               memory& each, const execution* where = nullptr) const {
        assert(items.size() == out.size());
        score_each(
            user, out, [&](std::size_t at) { return items[at].value(); }, each, where);
    }
    void score_all(const rows_type& user, std::span<value_type> out, memory& each,
                   const execution* where = nullptr) const {
        assert(out.size() == items_.size());
        score_each(
            user, out, [](std::size_t at) { return static_cast<std::uint32_t>(at); }, each, where);
    }
    /// The best of all items that are known.
    template <class Admission>
    std::size_t select(const rows_type& user, std::span<scored_item> out,
                       const Admission& admission, memory& each,
                       const execution* where = nullptr) const {
        constexpr value_type absent = -std::numeric_limits<value_type>::infinity();
        each.scores.resize(padded_size<value_type>(items_.size()));
        const auto scores = as_writable_span(each.scores).first(items_.size());
        score_all(user, scores, each, where);
        for (const std::uint32_t item : unknown_items_)
            scores[item] = absent;
        return select_scored(scores, out, admission, absent);
    }

    static constexpr std::size_t most_rows = tower_scorer<value_type>::most_rows;

    void save(archive_writer auto& archive) const {
        users_.save(archive, "user");
        items_.save(archive, "item");
        std::size_t number = 0;
        for_each_value(network_, [&](const auto& value) {
            save_matrix(archive, "parameter_" + std::to_string(number++), value);
        });
    }
    template <class Options>
    [[nodiscard]] static trained_network load(archive_reader auto& archive,
                                              const std::string& owner, const Options& options) {
        auto users = user_side::load(archive, "user");
        auto items = item_side::load(archive, "item");
        if (items.size() == 0)
            archive.refuse("items", "expected at least 1");
        Network network{users, items, options};
        std::size_t number = 0;
        for_each_value(network, [&](auto& value) {
            const std::string name = "parameter_" + std::to_string(number++);
            load_matrix(archive, name, value);
            if (!is_finite(value))
                archive.refuse(name, "it holds a value that is not finite");
        });
        return {owner, std::move(users), std::move(items), std::move(network), {}};
    }

    friend bool operator==(const trained_network& left, const trained_network& right) {
        std::vector<const matrix<value_type>*> values;
        for_each_value(left.network_, [&](const auto& value) { values.push_back(&value); });
        std::size_t number = 0;
        bool same = left.users_ == right.users_ && left.items_ == right.items_;
        for_each_value(right.network_, [&](const auto& value) {
            same = same && number < values.size() && *values[number] == value;
            ++number;
        });
        return same && number == values.size();
    }

  private:
    /// For work that is too small to share.
    [[nodiscard]] static execution alone() noexcept {
        static thread_pool pool{1};
        return {.pool = &pool};
    }

    void look_up_and_prepare(memory& each) const {
        const auto& encoder = network_.encoder().users();
        each.vectors.resize(1, encoder.outputs());
        encoder.apply(each.side, each.vectors, 0, each.rows, alone());
        prepare_again(each);
    }

    void score_rows(const rows_type& user, std::span<const std::uint32_t> which, value_type* out,
                    memory& each) const {
        if constexpr (Network::adds_up) {
            network_.begin_scores(user, prepared_, which, out);
            scorer_.add_scores({user.hidden, user.ahead}, {prepared_.hidden, prepared_.ahead},
                               which, out, each.tower);
        } else {
            network_.meet(user, prepared_, which, each.hidden, out, each.pass);
            scorer_.add_scores(each.hidden, out, each.tower);
        }
    }
    template <class Item>
    void score_each(const rows_type& user, std::span<value_type> out, Item&& item, memory& each,
                    const execution* where) const {
        if (!where)
            return score_each(user, out, 0, out.size(), item, each);
        thread_pool& pool = where->threads(); // which take 8 shares each of a small request
        const std::size_t share = (out.size() / (8 * pool.size()) / most_rows + 1) * most_rows;
        pool.for_chunks_with_affinity(
            out.size(), std::min(share, 16 * most_rows),
            [&](std::size_t begin, std::size_t end, std::size_t) {
                borrowed<memory> own;
                score_each(user, out, begin, end, item, *own);
            },
            where->stop);
    }
    /// Scores the items that `item(k)` names, for k from `begin` to `end`.
    template <class Item>
    void score_each(const rows_type& user, std::span<value_type> out, std::size_t begin,
                    std::size_t end, const Item& item, memory& each) const {
        std::array<std::uint32_t, most_rows> which;
        for (; begin < end; begin += most_rows) {
            const std::size_t size = std::min(most_rows, end - begin);
            for (std::size_t at = 0; at < size; ++at)
                which[at] = item(begin + at);
            score_rows(user, as_span(which).first(size), out.data() + begin, each);
        }
    }

    template <class = on_use>
    void prepare(const std::string& owner, const execution& where) {
        std::vector<double> usual(network_.deep().first_width());
        factor_table<user_index, value_type> user_vectors(users_.size(),
                                                          network_.encoder().users().size());
        for_each_block(
            users_, network_.encoder().users(), where, [&](memory& each, std::size_t first) {
                network_.prepare_users(each.side, each.vectors, each.user, each.pass, where);
                require_finite(owner, each.user);
                copy_known(users_, each.user.vectors, first, user_vectors);
                add_mean(each.user.hidden, users_.size(), usual);
            });
        for_each_block(
            items_, network_.encoder().items(), where, [&](memory& each, std::size_t first) {
                network_.prepare_items(each.side, each.vectors, each.user, each.pass, where);
                keep(each.user, first);
            });
        require_finite(owner, prepared_);
        if constexpr (Network::adds_up) {
            scorer_.expect(prepared_.hidden, usual.data());
            scorer_.look_ahead_items(prepared_.hidden, prepared_.ahead);
        }
        factor_table<item_index, value_type> item_vectors(items_.size(),
                                                          prepared_.vectors.columns());
        copy_known(items_, prepared_.vectors, 0, item_vectors);
        user_index_ = embedding_index{std::move(user_vectors)};
        item_index_ = embedding_index{std::move(item_vectors)};
        for (std::uint32_t item = 0; item < items_.size(); ++item)
            if (!items_.knows(item))
                unknown_items_.push_back(item);
    }
    /// Adds to `means` what the columns of some of `count` rows add.
    static void add_mean(const matrix<value_type>& rows, std::size_t count,
                         std::vector<double>& means) {
        for (std::size_t row = 0; row < rows.rows(); ++row)
            for (std::size_t at = 0; at < rows.columns(); ++at)
                means[at] += static_cast<double>(rows(row, at)) / static_cast<double>(count);
    }

    /// Calls `body(memory, first)` for blocks of rows, with their categories and vectors in `memory`.
    template <class Side, class Encoder, class Body>
    static void for_each_block(const Side& side, const Encoder& encoder, const execution& where,
                               Body&& body) {
        constexpr std::size_t most = 4096; // at a time, for the memory
        memory each;
        for (std::size_t first = 0; first < side.size(); first += most) {
            each.side.describe(side, first, std::min(most, side.size() - first));
            each.vectors.resize(each.side.size(), encoder.outputs());
            encoder.apply(each.side, each.vectors, 0, each.rows, where);
            body(each, first);
        }
    }
    /// Puts a block of items at its place.
    void keep(const rows_type& block, std::size_t first) {
        const auto put = [&](const matrix<value_type>& from, matrix<value_type>& to) {
            if (first == 0)
                to = matrix<value_type>(from.columns() == 0 ? 0 : items_.size(), from.columns());
            if (from.columns() != 0)
                std::copy_n(from.data(), from.size(), to.row(first));
        };
        put(block.vectors, prepared_.vectors);
        put(block.hidden, prepared_.hidden);
        put(block.rest, prepared_.rest);
        put(block.tokens, prepared_.tokens);
        prepared_.shared = block.shared;
        prepared_.keys.append(block.keys);
    }
    template <class Side, class Table>
    static void copy_known(const Side& side, const matrix<value_type>& vectors, std::size_t first,
                           Table& table) {
        using index = typename Table::index_type;
        for (std::size_t row = 0; row < vectors.rows(); ++row)
            if (side.knows(static_cast<std::uint32_t>(first + row)))
                std::copy_n(vectors.row(row), vectors.columns(),
                            table.row(index(first + row)).begin());
    }
    static void require_finite(const std::string& owner, const rows_type& rows) {
        for (const auto* each : {&rows.vectors, &rows.hidden, &rows.rest, &rows.tokens})
            if (!is_finite(*each))
                fail<numeric_error>({owner, ": the weights are not finite; expected a smaller "
                                            "learning_rate, or a clip_length"});
    }

    user_side users_;
    item_side items_;
    Network network_;
    // What is made of these.
    tower_scorer<value_type> scorer_;
    rows_type prepared_; // of all items
    std::vector<std::uint32_t> unknown_items_;
    embedding_index<user_index, value_type> user_index_{factor_table<user_index, value_type>{}};
    embedding_index<item_index, value_type> item_index_{factor_table<item_index, value_type>{}};
};

} // namespace hybrec::neural::detail
