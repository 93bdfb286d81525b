// SPDX-License-Identifier: MIT
#include <hybrec/neural/trainer.hpp>

#include "training_fixture.hpp"

#include <hybrec/io/archive.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>

#include <csignal>
#include <limits>
#include <stdexcept>
#include <stop_token>

using namespace hybrec;
using namespace hybrec::test;
using neural::training_options;
using neural::training_report;

static_assert(neural::trainable<classifier, points>);
static_assert(!neural::trainable<classifier, int> && !neural::trainable<int, points>);

namespace {

const points& samples() {
    static const points result{500, 1};
    return result;
}
const points& judges() {
    static const points result{200, 2};
    return result;
}

template <class Progress>
training_report train(classifier& network, const training_options& options, bool validate,
                      Progress&& progress, const execution& where = {}) {
    return neural::train(network, neural::adam{}, samples(), validate ? &judges() : nullptr,
                         options, "classifier", progress, where);
}
training_report train(classifier& network, const training_options& options, bool validate = true,
                      const execution& where = {}) {
    return train(network, options, validate, no_progress{}, where);
}

struct killed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Writes down the order of its samples.
struct order_recorder {
    using value_type = float;
    std::vector<std::vector<std::uint32_t>> epochs;
    neural::parameter<float> nothing{1, 1};
    double gradients(const points&, std::span<const std::uint32_t> positions, std::size_t epoch,
                     const neural::pass&) {
        epochs.resize(epoch + 1);
        CHECK(positions.size() <= 64);
        epochs[epoch].insert(epochs[epoch].end(), positions.begin(), positions.end());
        return 0;
    }
    double mean_loss(const points&, const execution&) const { return 0; }
    template <class Visitor>
    void visit(Visitor&& visitor) {
        visitor(nothing);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        visitor(nothing);
    }
};

} // namespace

TEST_CASE("neural::train lowers the loss and reports every epoch") {
    classifier network;
    std::vector<progress_event> events;
    const auto report = train(network, {.epochs = 8, .batch = 64, .learning_rate = 0.01}, true,
                              [&](const progress_event& event) { events.push_back(event); });
    CHECK(report.epochs == 8);
    REQUIRE(report.losses.size() == 8);
    REQUIRE(report.validation_losses.size() == 8);
    CHECK(report.losses.back() < 0.6 * report.losses.front());
    CHECK(report.learning_rates == std::vector<double>(8, 0.01));
    CHECK(report.reason == stop_reason::iterations);
    REQUIRE(events.size() == 9);
    CHECK(events.front().step == 0);
    CHECK(events.back().step == 8);
    CHECK(events.back().measure == "validation loss");
    CHECK(events.back().value == report.validation_losses.back());
}

TEST_CASE("neural::train has the same bits at 1, 2 and 3 threads") {
    std::vector<training_report> reports;
    std::vector<classifier> networks;
    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        reports.push_back(
            train(networks.emplace_back(), {.epochs = 3, .batch = 200}, true, {.pool = &pool}));
    }
    CHECK(reports[1] == reports[0]);
    CHECK(reports[2] == reports[0]);
    CHECK(networks[1] == networks[0]);
    CHECK(networks[2] == networks[0]);
}

TEST_CASE("neural::train visits every sample once an epoch, in another order each time") {
    order_recorder recorder;
    no_progress quiet;
    neural::train(recorder, neural::sgd{}, samples(), static_cast<const points*>(nullptr),
                  {.epochs = 2, .batch = 64}, "recorder", quiet, {});
    CHECK(recorder.epochs[0] != recorder.epochs[1]);
    for (auto order : recorder.epochs) {
        CHECK(!std::ranges::is_sorted(order));
        std::ranges::sort(order);
        REQUIRE(order.size() == 500);
        for (std::uint32_t at = 0; at < 500; ++at)
            CHECK(order[at] == at);
    }
}

TEST_CASE("neural::train stops early and goes back to the best weights") {
    // A rate that falls off a cliff upwards: after epoch 4 every step makes it worse.
    const neural::step_decay cliff{.rate = 0.01, .factor = 300, .every = 4};
    classifier network, best;
    const auto report = train(
        network,
        {.epochs = 30, .batch = 64, .learning_rate = cliff, .early_stopping = {.patience = 2}});
    CHECK(report.reason == stop_reason::validation);
    CHECK(report.best_epoch <= 4);
    CHECK(report.epochs == report.best_epoch + 2);
    CHECK(network.mean_loss(judges(), {}) == report.validation_losses[report.best_epoch - 1]);
    train(best, {.epochs = report.best_epoch, .batch = 64, .learning_rate = cliff}, false);
    CHECK(network == best);
}

TEST_CASE("neural::train that demands an improvement nobody can make keeps the first epoch") {
    classifier network;
    const auto report =
        train(network, {.epochs = 9, .early_stopping = {.patience = 3, .least_improvement = 100}});
    CHECK(report.best_epoch == 1);
    CHECK(report.epochs == 4);
}

TEST_CASE("neural::train names epoch, batch and learning rate of a loss that is not finite") {
    classifier network;
    const auto message = [&](const training_options& options) -> std::string {
        try {
            train(network, options);
        } catch (const numeric_error& problem) {
            return problem.what();
        }
        return {};
    };
    network.visit([](auto& each) { each.value(0, 0) = std::numeric_limits<float>::quiet_NaN(); });
    CHECK(message({.batch = 64, .learning_rate = 0.25}) ==
          "classifier: the loss is not finite in epoch 1, batch 1, at learning rate 0.25; expected "
          "a smaller learning_rate, or a clip_length");
}

TEST_CASE("neural::train can be stopped") {
    std::stop_source source;
    classifier network;
    CHECK_THROWS_AS(train(network, {.epochs = 9}, true,
                          [&](const progress_event& event) {
                              if (event.step == 2)
                                  source.request_stop();
                          },
                          {.stop = source.get_token()}),
                    cancelled);
}

TEST_CASE("neural::train clips long gradients") {
    classifier free, clipped, loose;
    train(free, {.epochs = 1, .batch = 64}, false);
    train(clipped, {.epochs = 1, .batch = 64, .clip_length = 1e-6}, false);
    train(loose, {.epochs = 1, .batch = 64, .clip_length = 1e6}, false);
    CHECK(free == loose);
    CHECK(free != clipped);
}

TEST_CASE("neural::train goes on from a checkpoint with the same final bits") {
    const temporary_checkpoint file{"resume"};
    training_options options{.epochs = 6, .batch = 64, .learning_rate = 0.01};
    classifier whole;
    const auto expected = train(whole, options);
    options.checkpoint = file.path;
    options.resume = true; // from nothing: there is no such file yet
    for (const std::size_t last : {2u, 3u, 5u}) {
        classifier network;
        CHECK_THROWS_AS(train(network, options, true,
                              [&](const progress_event& event) {
                                  if (event.step == last)
                                      throw killed{"killed"};
                              }),
                        killed);
    }
    classifier network;
    std::vector<std::size_t> steps;
    const auto report = train(network, options, true,
                              [&](const progress_event& event) { steps.push_back(event.step); });
    CHECK(steps == std::vector<std::size_t>{5, 6});
    CHECK(report == expected);
    CHECK(network == whole);
    // A training that was done is done, and can be prolonged.
    classifier again;
    CHECK(train(again, options) == expected);
    CHECK(again == whole);
    options.epochs = 8;
    classifier longer, longer_whole;
    const auto prolonged = train(longer, options);
    options.checkpoint.clear();
    options.resume = false;
    CHECK(prolonged == train(longer_whole, options));
    CHECK(longer == longer_whole);
}

TEST_CASE("neural::train: a killed process loses nothing but its epoch") {
    const temporary_checkpoint file{"kill"};
    const training_options options{
        .epochs = 4, .batch = 64, .checkpoint = file.path, .resume = true};
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        thread_pool pool{1};
        classifier network;
        train(network, options, true,
              [](const progress_event& event) {
                  if (event.step == 2)
                      ::raise(SIGKILL);
              },
              {.pool = &pool});
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    classifier resumed, whole;
    std::size_t first = 99;
    const auto report = train(resumed, options, true, [&](const progress_event& event) {
        first = std::min(first, event.step);
    });
    CHECK(first == 2);
    CHECK(report == train(whole, {.epochs = 4, .batch = 64}));
    CHECK(resumed == whole);
}

TEST_CASE("neural::train refuses a checkpoint of another training") {
    const temporary_checkpoint file{"other"};
    const training_options options{
        .epochs = 2, .batch = 64, .checkpoint = file.path, .resume = true};
    classifier network;
    train(network, options);
    const auto refuses = [&](auto&& change) {
        training_options other = options;
        change(other);
        classifier fresh;
        CHECK_THROWS_AS(train(fresh, other), archive_error);
    };
    refuses([](training_options& other) { other.batch = 65; });
    refuses([](training_options& other) { other.seed = 65; });
    refuses([](training_options& other) { other.clip_length = 1; });
    refuses([](training_options& other) {
        other.embedding_updates = neural::embedding_updates::dense;
    });
    refuses([](training_options& other) { other.learning_rate = 0.5; });
    classifier changed;
    changed.visit([](auto& each) { each.value(0, 0) += 1; });
    CHECK_THROWS_AS(train(changed, options), archive_error);
    no_progress quiet;
    classifier fresh;
    CHECK_THROWS_AS(
        neural::train(fresh, neural::adam{}, samples(), &judges(), options, "another", quiet, {}),
        archive_error);
}

TEST_CASE("neural: the order of an epoch is that of one shuffle, on any number of threads") {
    for (const std::size_t size : {0u, 1u, 2u, 10'000u})
        for (const std::size_t threads : {1u, 2u, 3u}) {
            thread_pool pool{threads};
            std::vector<std::uint32_t> order(size, 7), expected(size);
            for (std::size_t at = 0; at < size; ++at)
                expected[at] = static_cast<std::uint32_t>(at);
            neural::detail::shuffle_epoch(order, 3, 5, {.pool = &pool});
            counter_random{3, std::uint64_t{5} << 32 | 1}.shuffle(expected.begin(), size);
            CHECK(order == expected);
        }
}
