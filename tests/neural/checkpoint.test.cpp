// SPDX-License-Identifier: MIT
#include <hybrec/neural/checkpoint.hpp>

#include "training_fixture.hpp"

#include <hybrec/io/archive_input.hpp>
#include <hybrec/io/archive_output.hpp>
#include <hybrec/neural/optimizer.hpp>

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

TEST_CASE("neural matrices go through archives, and other shapes are refused") {
    const temporary_checkpoint file{"matrix"};
    const auto table = random_matrix<float>(3, 5, 1);
    archive_output out{"test"};
    neural::save_matrix(out, "table", table);
    out.write(file.path);
    archive_input in{file.path};
    matrix<float> back(3, 5), other(5, 3);
    neural::load_matrix(in, "table", back);
    CHECK(back == table);
    CHECK_THROWS_AS(neural::load_matrix(in, "table", other), archive_error);
}

TEST_CASE("neural::training_state comes back whole") {
    using optimizer = neural::optimizer<neural::adam, float>;
    const temporary_checkpoint file{"state"};
    const points samples{50, 3};
    const std::vector<std::uint32_t> all{0, 1, 2, 3, 4, 5, 6, 7};
    classifier network;
    neural::training_state<classifier, optimizer> state{network, optimizer{neural::adam{}}};
    for (int step = 0; step < 3; ++step) {
        network.gradients(samples, all, 0, {});
        state.optimizer.update(network, 0.1, {});
        if (step == 1)
            state.keep();
    }
    state.report = {.epochs = 3,
                    .losses = {3, 2, 1},
                    .validation_losses = {3, 1, 2},
                    .learning_rates = {0.1, 0.1, 0.1},
                    .best_epoch = 2};
    archive_output out{"test"};
    state.save(out, 77);
    out.write(file.path);

    classifier fresh;
    neural::training_state<classifier, optimizer> back{fresh, optimizer{neural::adam{}}};
    {
        archive_input in{file.path};
        CHECK_THROWS_AS(back.load(in, 78), archive_error);
    }
    archive_input in{file.path};
    back.load(in, 77);
    CHECK_NOTHROW(in.refuse_unread());
    CHECK(fresh == network);
    CHECK(back.optimizer == state.optimizer);
    CHECK(back.report == state.report);
    CHECK(back.best == state.best);
    back.restore_best();
    CHECK(fresh != network);
    state.restore_best();
    CHECK(fresh == network);
}
