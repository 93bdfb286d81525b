// SPDX-License-Identifier: MIT
/// @file
/// A user who attends to what an item is, to what it is about, and to the context.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/content_encoder.hpp>
#include <hybrec/neural/cross_attention.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/detail/tower_network.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/field_encoder.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/prepared_rows.hpp>
#include <hybrec/neural/softmax.hpp>
#include <hybrec/neural/tower.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hybrec::neural {

/// What a pass of `deep_hybrid_network` needs.
template <class T>
struct deep_hybrid_memory : detail::tower_memory<T, content_encoder<T>> {
    matrix<T> query, tokens, fused; ///< what attends, to what, and what comes of it
    matrix<T> joined;               ///< (query, fused)
    matrix<T> vector_slopes, query_slopes, token_slopes, fused_slopes, joined_slopes;
    typename cross_attention<T>::workspace attention; ///< `weights`: head after head, by token
};

/// logit = MLP(x, a), where a is what the user's vector x finds by multi-head cross-attention among
/// three tokens: the item's vector, its content (the item's features), and the context (the user's).
template <class T = float>
class deep_hybrid_network
    : public detail::tower_network<deep_hybrid_network<T>, T, deep_hybrid_memory<T>,
                                   content_encoder<T>> {
  public:
    using workspace = deep_hybrid_memory<T>;
    static constexpr std::size_t tokens = 3; ///< item, content, context

    deep_hybrid_network() = default;
    /// @param options those of `deep_hybrid_net`
    template <class Users, class Items, class Options>
    deep_hybrid_network(const Users& users, const Items& items, const Options& options)
        : base{users, items, options, false, options.content_hidden},
          attention_{options.embedding, options.heads, tokens, counter_random{options.seed},
                     std::uint64_t{1} << 20} {}

    [[nodiscard]] std::size_t heads() const noexcept { return attention_.heads(); }

    /// The tower's input: (query, fused).
    const matrix<T>& look_up(const feature_batch<T>& batch, workspace& memory,
                             const execution& where) const {
        const std::size_t size = this->size();
        vectors_.apply(batch, memory.vectors, memory.vector_rows, where);
        memory.query.resize(batch.size(), size);
        memory.tokens.resize(batch.size() * tokens, size);
        for_each_row(batch.size(), where, [&](std::size_t row) {
            const T* const from = memory.vectors.row(row);
            std::copy_n(from, size, memory.query.row(row));
            for (std::size_t token = 0; token < tokens; ++token)
                std::copy_n(from + place(token) * size, size,
                            memory.tokens.row(row * tokens + token));
        });
        attention_.apply(memory.query, memory.tokens, memory.fused, memory.attention, where);
        memory.joined.resize(batch.size(), 2 * size);
        for_each_row(batch.size(), where, [&](std::size_t row) {
            std::copy_n(memory.query.row(row), size, memory.joined.row(row));
            std::copy_n(memory.fused.row(row), size, memory.joined.row(row) + size);
        });
        return memory.joined;
    }
    void backward(const feature_batch<T>& batch, const matrix<T>& slopes, workspace& memory,
                  const pass& pass) {
        const std::size_t size = this->size();
        deep_.backward(memory.joined, slopes, slopes, memory.joined_slopes, memory.deep, pass);
        memory.fused_slopes.resize(batch.size(), size);
        for_each_row(batch.size(), pass.where, [&](std::size_t row) {
            std::copy_n(memory.joined_slopes.row(row) + size, size, memory.fused_slopes.row(row));
        });
        attention_.backward(memory.query, memory.tokens, memory.fused, memory.fused_slopes,
                            memory.query_slopes, memory.token_slopes, memory.attention, pass);
        memory.vector_slopes.resize(batch.size(), vectors_.outputs());
        for_each_row(batch.size(), pass.where, [&](std::size_t row) {
            T* const to = memory.vector_slopes.row(row);
            std::copy_n(memory.joined_slopes.row(row), size, to);
            detail::add_row(T{1}, memory.query_slopes.row(row), to, size);
            for (std::size_t token = 0; token < tokens; ++token)
                std::copy_n(memory.token_slopes.row(row * tokens + token), size,
                            to + place(token) * size);
        });
        vectors_.backward(batch, memory.vector_slopes, memory.vector_rows, pass);
    }

    /// Users, then items, the attention, the tower.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        vectors_.visit(visitor), attention_.visit(visitor), deep_.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        vectors_.visit(visitor), attention_.visit(visitor), deep_.visit(visitor);
    }

    /// Of users: their part of the first layer, with that of W_o's bias, and as tokens
    /// (query, key of the context, its value).
    void prepare_users(const batch_side<T>&, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace& memory, const execution& where) const {
        const std::size_t size = this->size();
        out.resize(vectors.rows(), size, deep_.first_width());
        detail::sum_fields(vectors, out.vectors);
        out.rest.fill_zero();
        out.hidden.fill_zero();
        copy_columns(vectors, 0, memory.query);
        deep_.add_first_layer(memory.query, 0, out.hidden);
        deep_.add_first_bias(out.hidden);
        out.tokens.resize(vectors.rows(), 3 * size);
        map(attention_.query_map(), memory.query, memory, out.tokens, 0, where);
        copy_columns(vectors, size, memory.query);
        map(attention_.key_map(), memory.query, memory, out.tokens, 1, where);
        map(attention_.value_map(), memory.query, memory, out.tokens, 2, where);
        memory.fused.resize(1, size);
        std::copy_n(attention_.out_map().bias().data(), memory.fused.stride(), memory.fused.data());
        memory.joined.resize(1, out.hidden.columns());
        memory.joined.fill_zero();
        deep_.add_first_layer(memory.fused, size, memory.joined);
        for (std::size_t row = 0; row < out.hidden.rows(); ++row)
            simd::axpy(T{1}, memory.joined.data(), out.hidden.row(row), out.hidden.stride());
    }
    /// Of items: (key, value, key of the content, its value), and W_o times what the first layer
    /// makes of it.
    void prepare_items(const batch_side<T>&, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace& memory, const execution& where) const {
        const std::size_t size = this->size();
        out.resize(vectors.rows(), size, 0);
        detail::sum_fields(vectors, out.vectors);
        out.rest.fill_zero();
        out.tokens.resize(vectors.rows(), 4 * size);
        for (std::size_t token = 0; token < 2; ++token) {
            copy_columns(vectors, token * size, memory.query);
            map(attention_.key_map(), memory.query, memory, out.tokens, 2 * token, where);
            map(attention_.value_map(), memory.query, memory, out.tokens, 2 * token + 1, where);
        }
        out.shared.resize(size, deep_.first_width());
        out.shared.fill_zero();
        deep_.add_first_layer(attention_.out_map().weights(), size, out.shared);
    }

    /// See `tower_network`.
    static constexpr bool adds_up = false;
    void meet(const prepared_rows<T>& user, const prepared_rows<T>& items,
              std::span<const std::uint32_t> which, matrix<T>& hidden, T* scores,
              workspace& memory) const {
        memory.fused.resize(which.size(), size());
        hidden.resize(which.size(), deep_.first_width());
        for (std::size_t row = 0; row < which.size(); ++row) {
            look(user, items, which[row],
                 [&](std::size_t from, const auto& weights, const auto& at) {
                     T* const to = memory.fused.row(row) + from;
                     std::fill_n(to, attention_.head_size(), T{0});
                     for (std::size_t token = 0; token < tokens; ++token)
                         detail::add_row(weights[token], at[token].value, to,
                                         attention_.head_size());
                 });
            std::copy_n(user.hidden.row(0), hidden.stride(), hidden.row(row));
            scores[row] = T{0};
        }
        simd::gemm<T, simd::default_arch, simd::update::add>(
            memory.fused.data(), memory.fused.stride(), items.shared.data(), items.shared.stride(),
            which.size(), size(), hidden.stride(), hidden.data(), hidden.stride());
    }
    void meet_backward(const prepared_rows<T>& user, const prepared_rows<T>& items,
                       std::span<const std::uint32_t> which, const matrix<T>& hidden_slopes,
                       const T*, prepared_rows<T>& user_slopes, workspace& memory) const {
        const std::size_t head_size = attention_.head_size();
        memory.fused.resize(1, size());
        for (std::size_t row = 0; row < which.size(); ++row) {
            simd::axpy(T{1}, hidden_slopes.row(row), user_slopes.hidden.row(0),
                       hidden_slopes.stride());
            for (std::size_t k = 0; k < size(); ++k)
                memory.fused(0, k) =
                    simd::dot(items.shared.row(k), hidden_slopes.row(row), hidden_slopes.stride());
            look(user, items, which[row],
                 [&](std::size_t from, const auto& weights, const auto& at) {
                     std::array<T, tokens> slopes;
                     for (std::size_t token = 0; token < tokens; ++token)
                         slopes[token] = detail::dot_row(memory.fused.row(0) + from,
                                                         at[token].value, head_size);
                     softmax_gradient(weights.data(), slopes.data(), slopes.data(), tokens);
                     for (std::size_t token = 0; token < tokens; ++token)
                         detail::add_row(slopes[token] * attention_.scale(), at[token].key,
                                         user_slopes.tokens.row(0) + from, head_size);
                 });
        }
    }
    /// The user's vector is the query.
    void prepare_backward(const matrix<T>&, const prepared_rows<T>&, const prepared_rows<T>& slopes,
                          T* id_slopes) const noexcept {
        for (std::size_t k = 0; k < size(); ++k)
            id_slopes[k] += detail::dot_row(attention_.query_map().weights().row(k),
                                            slopes.tokens.row(0), size());
    }

    /// How a user attends to the tokens of an item: `weights(head, token)`.
    void attention(const prepared_rows<T>& user, const prepared_rows<T>& items, std::size_t item,
                   matrix<T>& weights) const {
        weights.resize(heads(), tokens);
        look(user, items, item, [&](std::size_t from, const auto& found, const auto&) {
            std::copy_n(found.data(), tokens, weights.row(from / attention_.head_size()));
        });
    }

    /// For `tower_network`.
    [[nodiscard]] static std::size_t
    tower_inputs(const field_encoder<T, content_encoder<T>>& vectors) noexcept {
        return 2 * vectors.users().size();
    }

  private:
    using base = detail::tower_network<deep_hybrid_network, T, workspace, content_encoder<T>>;
    using base::deep_;
    using base::vectors_;

    struct token_parts {
        const T* key;
        const T* value;
    };

    [[nodiscard]] std::size_t size() const noexcept { return vectors_.users().size(); }
    /// Where a token lies among the vectors of a sample.
    [[nodiscard]] static constexpr std::size_t place(std::size_t token) noexcept {
        return token == 0 ? 2 : token == 1 ? 3 : 1;
    }

    void copy_columns(const matrix<T>& from, std::size_t column, matrix<T>& to) const {
        to.resize(from.rows(), size());
        for (std::size_t row = 0; row < from.rows(); ++row)
            std::copy_n(from.row(row) + column, size(), to.row(row));
    }
    /// Puts what `layer` makes of `in` at a place of `out`'s rows.
    void map(const dense<T>& layer, const matrix<T>& in, workspace& memory, matrix<T>& out,
             std::size_t at, const execution& where) const {
        layer.apply(in, memory.fused, memory.attention.maps, where);
        for (std::size_t row = 0; row < in.rows(); ++row)
            std::copy_n(memory.fused.row(row), size(), out.row(row) + at * size());
    }

    /// Calls `body(column of the head, its weights, keys and values)` for every head.
    template <class Body>
    void look(const prepared_rows<T>& user, const prepared_rows<T>& items, std::size_t item,
              Body&& body) const {
        const std::size_t size = this->size();
        const T* const query = user.tokens.row(0);
        const T* const stored = items.tokens.row(item);
        for (std::size_t from = 0; from < size; from += attention_.head_size()) {
            const std::array<token_parts, tokens> at{
                {{stored + from, stored + size + from},
                 {stored + 2 * size + from, stored + 3 * size + from},
                 {query + size + from, query + 2 * size + from}}};
            std::array<T, tokens> weights;
            for (std::size_t token = 0; token < tokens; ++token)
                weights[token] = attention_.scale() * detail::dot_row(query + from, at[token].key,
                                                                      attention_.head_size());
            softmax_of(weights.data(), tokens);
            body(from, weights, at);
        }
    }

    cross_attention<T> attention_;
};

} // namespace hybrec::neural
