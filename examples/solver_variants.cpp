// SPDX-License-Identifier: MIT
/// @file
/// Compares the solvers of implicit ALS on one data set. Usage: PROGRAM [PATH] [FACTORS]
#include <hybrec/hybrec.hpp>

#include <cstdio>
#include <exception>
#include <string>

namespace hr = hybrec;

int main(int argc, char** argv) {
    try {
        const hr::dataset data =
            argc > 1 ? hr::read_dataset(argv[1]) : hr::dataset{hr::make_synthetic_catalogue({})};
        const std::size_t factors = argc > 2 ? std::stoul(argv[2]) : 64;
        const hr::split parts = hr::split_random(data.log, {.test_fraction = 0.2, .seed = 42});
        const hr::user_items weighted = hr::bm25{}(parts.train);

        std::printf("%-20s %12s %16s %10s\n", "solver", "s/iteration", "loss", "ndcg@10");
        hr::for_each_type<hr::exact, hr::conjugate_gradient, hr::subspace>([&]<class Solver>() {
            hr::implicit_als<Solver> model{
                {.factors = factors, .regularization = 30, .iterations = 10}};
            const hr::stopwatch watch;
            model.fit(weighted);
            const double seconds = watch.seconds() / 10;
            const auto report = hr::evaluate(model, parts.train, parts.test, hr::ndcg{.k = 10});
            std::printf("%-20s %12.4f %16.6g %10.4f\n", Solver::name().c_str(), seconds,
                        model.loss(weighted), report.mean("ndcg@10"));
        });
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "%s\n", problem.what());
        return 1;
    }
}
