// SPDX-License-Identifier: MIT
/// @file
/// hybrec's side of the races in BPR: time per epoch, and quality on a held-out part.
#pragma once

#include "../half_step.hpp"
#include "../iteration_times.hpp"
#include "../npy.hpp"

#include <hybrec/core/threads.hpp>
#include <hybrec/data/split_random.hpp>
#include <hybrec/evaluation/evaluate.hpp>
#include <hybrec/evaluation/ndcg.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/factorization/bpr/bpr.hpp>

#include <cstddef>
#include <filesystem>
#include <vector>

namespace hybrec::benchmarks {

/// The best of a few settings on MovieLens-1M, by NDCG@10 on a tenth of the training part. The rates
/// tried were 0.02, 0.05 and 0.1; the regularizations 0.003 to 0.03; at most 100 epochs.
[[nodiscard]] inline pairwise_options bpr_options(std::size_t factors, std::size_t epochs) {
    return {.factors = factors,
            .learning_rate = 0.02,
            .user_regularization = 0.01,
            .item_regularization = 0.01,
            .bias_regularization = 0.01,
            .epochs = epochs};
}

/// The second epoch of a fit; set-up is not counted.
[[nodiscard]] inline elapsed bpr_epoch(const user_items& matrix, std::size_t factors,
                                       const execution& where) {
    std::vector<elapsed> times;
    bpr{bpr_options(factors, 2)}.fit(matrix, iteration_times{times}, where);
    return times.at(1);
}

/// A tenth of the entries is held out; a model is judged by NDCG@10 on them.
class bpr_contest {
  public:
    explicit bpr_contest(const user_items& matrix)
        : parts_{split_random(matrix, {.test_fraction = 0.1, .seed = 1})} {}

    /// Writes what the peer trains on.
    void write(const std::filesystem::path& folder) const { write_matrix(folder, parts_.train); }

    [[nodiscard]] double own_ndcg(std::size_t factors, std::size_t epochs,
                                  const execution& where) const {
        bpr model{bpr_options(factors, epochs)};
        model.fit(parts_.train, where);
        return judge(model, where);
    }
    /// Of the vectors `users.npy` and `items.npy`, whose inner products are the scores.
    [[nodiscard]] double ndcg_of(const std::filesystem::path& folder, std::size_t columns,
                                 const execution& where) const {
        implicit_als model{als_options{.factors = columns}};
        model.set_factors(read_factors<user_index>(folder / "users.npy", columns),
                          read_factors<item_index>(folder / "items.npy", columns), where);
        return judge(model, where);
    }

  private:
    template <class Model>
    [[nodiscard]] double judge(const Model& model, const execution& where) const {
        return evaluate(where, model, parts_.train, parts_.test, ndcg{.k = 10}).mean("ndcg@10");
    }

    split parts_;
};

} // namespace hybrec::benchmarks
