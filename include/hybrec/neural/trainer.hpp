// SPDX-License-Identifier: MIT
/// @file
/// The loop that trains a network: epochs of shuffled batches, judged by held-out samples.
#pragma once

#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/checkpoint.hpp>
#include <hybrec/neural/learning_rate.hpp>
#include <hybrec/neural/optimizer.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/training.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec {

// Of io/, a layer above: a program that trains networks includes <hybrec/io/archive.hpp>.
class archive_output;
class archive_input;

namespace neural {

/// What a network is trained on: how many samples an epoch has, and a number by which to recognise
/// the data. Networks read the rest.
template <class Samples>
concept training_samples = requires(const Samples& samples) {
    { samples.size() } -> std::convertible_to<std::size_t>;
    { samples.fingerprint() } -> std::same_as<std::uint64_t>;
};

/// A network that the trainer can train. `gradients(samples, positions, epoch, pass)` gives the mean
/// loss of the samples at these positions of an epoch, and sets the gradients of all parameters that
/// `visit` shows; `mean_loss(samples, where)` judges without training. Both give the same bits for any
/// number of threads.
template <class Network, class Samples>
concept trainable = training_samples<Samples> &&
    requires(Network& network, const Network& trained, const Samples& samples,
             std::span<const std::uint32_t> positions, const pass& pass, const execution& where) {
    { network.gradients(samples, positions, std::size_t{}, pass) } -> std::convertible_to<double>;
    { trained.mean_loss(samples, where) } -> std::convertible_to<double>;
    network.visit([](auto&) {});
};

namespace detail {

/// The order of an epoch's samples; `order` holds anything and is shuffled from scratch, so that an
/// epoch needs nothing of those before it. As `counter_random::shuffle`, whose draws take most of the
/// time and are shared by the threads.
template <class = on_use>
void shuffle_epoch(std::vector<std::uint32_t>& order, std::uint64_t seed, std::size_t epoch,
                   const execution& where) {
    const counter_random random{seed, std::uint64_t{epoch} << 32 | 1};
    std::vector<std::uint32_t> picks(order.size());
    where.threads().for_chunks(
        order.size(), 4096, [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t at = begin; at < end; ++at) {
                order[at] = static_cast<std::uint32_t>(at);
                picks[at] = static_cast<std::uint32_t>(random.below(at + 1, at));
            }
        });
    for (std::size_t at = order.size(); at-- > 1;)
        std::swap(order[at], order[picks[at]]);
}

/// What tells one training from another, but for the number of epochs and when to stop. The first
/// value of each table stands for the seed of the starting values and what else they depend on.
template <class Network>
[[nodiscard]] std::uint64_t fingerprint_of(const Network& network, const training_options& options,
                                           std::uint64_t samples, std::uint64_t validation) {
    std::uint64_t hash = 0;
    const auto add = [&](std::uint64_t word) { hash = counter_random{hash, word}.bits(0); };
    add(samples);
    add(validation);
    add(options.batch);
    add(options.seed);
    add(std::bit_cast<std::uint64_t>(options.clip_length));
    add(static_cast<std::uint64_t>(options.embedding_updates));
    for_each_value(network, [&](const auto& value) {
        add(std::bit_cast<std::uint64_t>(static_cast<double>(value(0, 0))));
    });
    return hash;
}

template <class Output, class State>
void write_checkpoint(const training_options& options, const State& state, std::string_view name,
                      std::uint64_t fingerprint) {
    Output archive{std::string{name} + ".checkpoint"};
    state.save(archive, fingerprint);
    archive.write(options.checkpoint);
}

template <class Input, class State>
void read_checkpoint(const training_options& options, State& state, std::string_view name,
                     std::uint64_t fingerprint) {
    std::FILE* const file = std::fopen(options.checkpoint.c_str(), "rb");
    if (!file)
        return; // nothing to go on from
    std::fclose(file);
    Input archive{options.checkpoint};
    if (archive.model() != std::string{name} + ".checkpoint")
        archive.refuse("model", "it is of " + std::string{archive.model()} + "; expected " +
                                    std::string{name} + ".checkpoint");
    state.load(archive, fingerprint);
    for (std::size_t epoch = 0; epoch < state.report.epochs; ++epoch)
        if (state.report.learning_rates[epoch] != options.learning_rate.at(epoch))
            archive.refuse("learning_rates", "it was trained at other learning rates; expected the "
                                             "same, to go on");
}

template <class = on_use>
[[nodiscard]] std::string describe_rate(double rate) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", rate);
    return text;
}

} // namespace detail

/// Trains `network` in mini-batches. Every epoch visits all samples once, in an order that is drawn
/// from the seed and the epoch. With validation, the weights of the epoch with the lowest validation
/// loss are kept.
/// @param validation null: none
/// @param name       of the model, for progress, errors and checkpoints
/// @throws numeric_error naming epoch, batch and learning rate if a loss is not finite; cancelled;
///         archive_error if a checkpoint cannot be written or does not belong to this training. The
///         network is then in the state that training left it in.
template <class Network, class Rule, training_samples Samples, progress_observer Progress,
          class Output = archive_output, class Input = archive_input>
requires trainable<Network, Samples>
    training_report train(Network& network, const Rule& rule, const Samples& samples,
                          const Samples* validation, const training_options& options,
                          std::string_view name, Progress& progress, const execution& where) {
    static_assert(
        requires {
            sizeof(Output);
            sizeof(Input);
        },
        "training writes checkpoints: include <hybrec/io/archive.hpp>");
    validate(options, name, validation != nullptr);
    using rule_optimizer = optimizer<Rule, typename Network::value_type>;
    training_state<Network, rule_optimizer> state{network,
                                                  rule_optimizer{rule, options.embedding_updates}};
    training_report& report = state.report;
    const std::uint64_t fingerprint = detail::fingerprint_of(
        network, options, samples.fingerprint(), validation ? validation->fingerprint() : 0);
    if (options.resume)
        detail::read_checkpoint<Input>(options, state, name, fingerprint);

    const auto is_patient = [&] {
        const std::size_t patience = options.early_stopping.patience;
        return patience == 0 || report.epochs - report.best_epoch < patience;
    };
    std::vector<std::uint32_t> order(samples.size());
    const std::size_t batches = (order.size() + options.batch - 1) / options.batch;
    progress(progress_event{.phase = name, .step = report.epochs, .steps = options.epochs});
    while (report.epochs < options.epochs && is_patient()) {
        const std::size_t epoch = report.epochs;
        const double rate = options.learning_rate.at(epoch);
        detail::shuffle_epoch(order, options.seed, epoch, where);
        double total = 0;
        for (std::size_t batch = 0; batch < batches; ++batch) {
            const std::size_t begin = batch * options.batch;
            const auto positions =
                as_span(order).subspan(begin, std::min(options.batch, order.size() - begin));
            const pass pass{.where = where, .seed = options.seed, .step = epoch * batches + batch};
            const double loss = network.gradients(samples, positions, epoch, pass);
            if (!std::isfinite(loss))
                fail<numeric_error>({name, ": the loss is not finite in epoch ", epoch + 1,
                                     ", batch ", batch + 1, ", at learning rate ",
                                     detail::describe_rate(rate),
                                     "; expected a smaller learning_rate, or a clip_length"});
            if (options.clip_length > 0)
                clip_gradients(network, options.clip_length);
            state.optimizer.update(network, rate, where);
            total += loss * static_cast<double>(positions.size());
        }
        ++report.epochs;
        report.losses.push_back(total / static_cast<double>(order.size()));
        report.learning_rates.push_back(rate);
        progress_event event{.phase = name,
                             .step = report.epochs,
                             .steps = options.epochs,
                             .measure = "loss",
                             .value = report.losses.back()};
        if (validation) {
            const double loss = network.mean_loss(*validation, where);
            if (report.validation_losses.empty() ||
                loss < report.validation_losses[report.best_epoch - 1] -
                           options.early_stopping.least_improvement) {
                report.best_epoch = report.epochs;
                state.keep();
            }
            report.validation_losses.push_back(loss);
            event.measure = "validation loss";
            event.value = loss;
        }
        if (!options.checkpoint.empty())
            detail::write_checkpoint<Output>(options, state, name, fingerprint);
        progress(event);
    }
    if (!is_patient())
        report.reason = stop_reason::validation;
    if (validation)
        state.restore_best();
    else
        report.best_epoch = report.epochs;
    return report;
}

} // namespace neural
} // namespace hybrec
