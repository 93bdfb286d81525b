// SPDX-License-Identifier: MIT
/// @file
/// How to train a network, and what came of it.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/fit_report.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/neural/learning_rate.hpp>
#include <hybrec/sparse/csr.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::neural {

/// Entries that a network is judged by but not trained on: any user-item matrix of floats, which
/// must outlive the training. Empty unless given.
class held_out {
  public:
    using view_type = csr_view<user_index, item_index, float>;

    held_out() = default;
    template <user_item_matrix Matrix>
    requires std::convertible_to<decltype(std::declval<const Matrix&>().view()), view_type>
    held_out(const Matrix& entries)
    noexcept : entries_{entries.view()} {}

    [[nodiscard]] bool empty() const noexcept { return entries_.entry_count() == 0; }
    [[nodiscard]] const view_type& entries() const noexcept { return entries_; }

  private:
    view_type entries_;
};

/// When to stop before all epochs are done.
struct early_stopping {
    std::size_t patience = 0;     ///< epochs without a lower validation loss; 0: never
    double least_improvement = 0; ///< by how much lower it must be; at least 0
};

/// Which rows of an embedding a step moves.
enum class embedding_updates {
    lazy, ///< those that its samples name, as PyTorch's SparseAdam does
    dense ///< all, as Keras and PyTorch's Adam do: moments of the others decay and move them on. A
          ///< step then costs as much as the tables are long
};

/// How to train; the same for all networks.
struct training_options {
    std::size_t epochs = 20;    ///< most passes over the samples; at least 1
    std::size_t batch = 10'000; ///< samples per step; at least 1
    held_out validation{}; ///< if given, the weights of the epoch with the lowest loss are kept
    neural::learning_rate learning_rate = 1e-3;
    neural::early_stopping early_stopping{};
    double clip_length = 0; ///< most length of all gradients together; 0: no limit
    neural::embedding_updates embedding_updates = neural::embedding_updates::lazy;
    std::uint64_t seed = 42; ///< of the order of the samples, negatives and dropout
    /// Written after every epoch, whole or not at all. Empty: none.
    std::string checkpoint{};
    /// Goes on from `checkpoint` if there is such a file; ends with the bits of a training that was
    /// never interrupted. A file of another network, other data or other options is refused.
    bool resume = false;
};

/// Checks every field. @throws option_error in the name of `owner`.
/// @param is_judged whether there are held-out samples
template <class = on_use>
void validate(const training_options& options, std::string_view owner, bool is_judged) {
    const auto at_least_one = [&](std::size_t value, const char* field) {
        require_option(value >= 1, owner, field, static_cast<double>(value), "at least 1");
    };
    at_least_one(options.epochs, "epochs");
    at_least_one(options.batch, "batch");
    for (std::size_t epoch = 0; epoch < options.epochs; ++epoch) {
        const double rate = options.learning_rate.at(epoch);
        require_option(std::isfinite(rate) && rate >= 0, owner, "learning_rate", rate,
                       "a finite number of at least 0 in every epoch");
    }
    require_option(options.early_stopping.patience == 0 || is_judged, owner,
                   "early_stopping.patience", static_cast<double>(options.early_stopping.patience),
                   "0, as there is no validation");
    const double least = options.early_stopping.least_improvement;
    require_option(std::isfinite(least) && least >= 0, owner, "early_stopping.least_improvement",
                   least, "a finite number of at least 0");
    require_option(std::isfinite(options.clip_length) && options.clip_length >= 0, owner,
                   "clip_length", options.clip_length, "a finite number of at least 0");
    require_option(!options.resume || !options.checkpoint.empty(), owner, "resume", 1,
                   "false, as there is no checkpoint");
}

/// What happened in training. Vectors hold a value for every epoch.
struct training_report {
    std::size_t epochs = 0;     ///< done, those before a resumption included
    std::vector<double> losses; ///< mean over the epoch's batches, as they were trained on
    std::vector<double> validation_losses; ///< after the epoch; empty without validation
    std::vector<double> learning_rates;
    std::size_t best_epoch = 0; ///< whose weights were kept, counting from 1
    stop_reason reason = stop_reason::iterations;

    friend bool operator==(const training_report&, const training_report&) = default;
};

} // namespace hybrec::neural
