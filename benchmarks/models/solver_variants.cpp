// SPDX-License-Identifier: MIT
/// @file
/// Measures the solvers of implicit ALS: time, quality, arithmetic and memory, one line per
/// configuration.
#include "../fma_peak.hpp"
#include "../half_step.hpp"
#include "../iteration_times.hpp"
#include "../load_matrix.hpp"
#include "../memory.hpp"
#include "../npy.hpp"
#include "child.hpp"
#include "solver_flops.hpp"

#include <hybrec/core/for_each_type.hpp>
#include <hybrec/factorization.hpp>
#include <hybrec/io/json.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

namespace hr = hybrec;
namespace hb = hybrec::benchmarks;

namespace {

constexpr const char* usage = R"(usage: benchmarks/run solver_variants [options]

  --shape NAME        ml1m, ml20m, the path of a data set or ratings file, or the name of a folder
                      below HYBREC_DATA, such as gowalla (ml1m)
  --factors LIST      lengths of the vectors (64,128,256)
  --solvers LIST      of exact, conjugate_gradient, subspace (all)
  --threads LIST      numbers of threads (1,2)
  --iterations N      of each fit; the median counts (5)
  --regularization X  weight of the vectors' lengths in the loss (0.01)
  --json FILE         write the results for machines, too

Confidence is 1 + r for the value r. The columns:
  s/iteration   median over the iterations of one fit, set-up excluded
  processor s   of all threads together, which tells more on a machine that is busy
  loss          after the last iteration
  error         |X - X*| / |X*| after one half-step from the factors of three exact iterations; X* is
                the exact solution, in double precision
  GFLOP/s       by the textbook's count of operations, see docs/performance.md; for `exact` also by
                the operations that are needed when rows of fewer entries than factors are solved in
                the dual
  of peak       the latter, as a share of the measured multiply-add peak of as many threads
  peak MiB      of a process of its own: matrix, model and all that the fit needs
)";

struct arguments {
    std::string shape = "ml1m";
    std::vector<std::size_t> factors{64, 128, 256};
    std::vector<std::string> solvers{"exact", "conjugate_gradient", "subspace"};
    std::vector<std::size_t> threads{1, 2};
    std::size_t iterations = 5;
    double regularization = 0.01;
    std::string json;
};

std::vector<std::string> parse_list(const std::string& text) {
    std::vector<std::string> parts{""};
    for (const char letter : text)
        if (letter == ',')
            parts.emplace_back();
        else
            parts.back() += letter;
    return parts;
}

std::size_t parse_count(const std::string& option, const std::string& text, std::size_t most) {
    const bool digits = !text.empty() && text.size() < 10 &&
                        text.find_first_not_of("0123456789") == std::string::npos;
    const std::size_t value = digits ? std::stoul(text) : 0;
    if (value < 1 || value > most)
        throw std::invalid_argument{option + " is \"" + text + "\"; expected a number from 1 to " +
                                    std::to_string(most)};
    return value;
}

std::vector<std::size_t> parse_counts(const std::string& option, const std::string& text,
                                      std::size_t most) {
    std::vector<std::size_t> counts;
    for (const std::string& part : parse_list(text))
        counts.push_back(parse_count(option, part, most));
    return counts;
}

double parse_real(const std::string& option, const std::string& text) {
    try {
        std::size_t used = 0;
        const double value = std::stod(text, &used);
        if (used == text.size() && value >= 0 && value < 1e30)
            return value;
    } catch (const std::logic_error&) { // falls through to the error below
    }
    throw std::invalid_argument{option + " is \"" + text + "\"; expected a number of at least 0"};
}

arguments parse(const std::vector<std::string>& words) {
    arguments result;
    for (std::size_t at = 0; at < words.size(); at += 2) {
        const std::string& option = words[at];
        if (at + 1 == words.size())
            throw std::invalid_argument{option + " needs a value, or is not an option"};
        const std::string& value = words[at + 1];
        if (option == "--shape")
            result.shape = value;
        else if (option == "--factors")
            result.factors = parse_counts(option, value, 2048);
        else if (option == "--solvers")
            result.solvers = parse_list(value);
        else if (option == "--threads")
            result.threads = parse_counts(option, value, 1024);
        else if (option == "--iterations")
            result.iterations = parse_count(option, value, 10'000);
        else if (option == "--regularization")
            result.regularization = parse_real(option, value);
        else if (option == "--json")
            result.json = value;
        else
            throw std::invalid_argument{"unknown option \"" + option + "\""};
    }
    for (const std::string& solver : result.solvers)
        if (solver != "exact" && solver != "conjugate_gradient" && solver != "subspace")
            throw std::invalid_argument{"--solvers names \"" + solver +
                                        "\"; expected exact, conjugate_gradient or subspace"};
    return result;
}

/// Removes its folder at the end.
class temporary_folder {
  public:
    temporary_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "hybrec-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw hr::data_error{pattern, 0, 0, "cannot be made"};
        path_ = pattern;
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

/// One configuration, in this process.
template <class Solver>
hr::json measure(const hr::als_options& options, std::size_t threads, double peak,
                 const std::filesystem::path& folder) {
    const Solver solver;
    const hr::user_items matrix = hb::read_matrix(folder);
    hr::thread_pool pool{threads};
    const hr::execution where{.pool = &pool};
    hr::implicit_als<Solver> model{options, solver};
    std::vector<hb::elapsed> times;
    hb::reset_peak_memory();
    model.fit(matrix, hb::iteration_times{times}, where);

    hr::json line;
    line["factors"] = options.factors;
    line["solver"] = Solver::name();
    line["threads"] = threads;
    line["peak_bytes"] = hb::peak_memory();
    std::vector<double> seconds, processor_seconds;
    for (const hb::elapsed& time : times) {
        seconds.push_back(time.seconds);
        processor_seconds.push_back(time.processor_seconds);
    }
    const double median = hb::median(seconds);
    line["seconds_per_iteration"] = median;
    line["processor_seconds_per_iteration"] = hb::median(processor_seconds);
    line["iterations"] = hr::json{hr::json::array(seconds.begin(), seconds.end())};
    line["loss"] = model.loss(matrix, where);
    line["error"] = hb::half_step_error(folder, matrix, options, solver, where);
    const hb::solver_flops flops = hb::flops_per_iteration(solver, matrix, options.factors);
    line["gflops_textbook"] = flops.textbook / median * 1e-9;
    line["gflops_needed"] = flops.needed / median * 1e-9;
    line["peak_gflops"] = peak * 1e-9;
    line["share_of_peak"] = flops.needed / median / peak;
    return line;
}

void print(const hr::json& line) {
    const auto real = [&](const char* name) { return line.find(name)->as_real(); };
    std::printf("%5zu %-20s %7zu %12.4f %12.4f %14.6g %10.2e %8.1f %8.1f %7.1f %% %9.0f\n",
                static_cast<std::size_t>(line.find("factors")->as_integer()),
                line.find("solver")->as_string().c_str(),
                static_cast<std::size_t>(line.find("threads")->as_integer()),
                real("seconds_per_iteration"), real("processor_seconds_per_iteration"),
                real("loss"), real("error"), real("gflops_textbook"), real("gflops_needed"),
                100 * real("share_of_peak"), real("peak_bytes") / 0x1p20);
    std::fflush(stdout);
}

/// Every step runs in a child: memory is measured from a clean state, and this process starts no
/// threads that a child would miss.
hr::json run(const arguments& wanted) {
    const temporary_folder work;
    hr::json result;
    result["shape"] = wanted.shape;
    const hr::json size = hb::in_child([&] {
        const hr::user_items matrix = hb::load_matrix(wanted.shape);
        hb::write_matrix(work.path(), matrix);
        hr::json made;
        made["users"] = matrix.row_count();
        made["items"] = matrix.column_count();
        made["entries"] = matrix.entry_count();
        return made;
    });
    result["size"] = size;
    std::map<std::size_t, double> peaks;
    for (const std::size_t threads : wanted.threads)
        peaks[threads] =
            hb::in_child([&] { return hr::json{hb::fma_peak<float>(threads)}; }).as_real();

    std::printf("%s: %s\n", wanted.shape.c_str(), hr::dump(size).c_str());
    for (const auto& [threads, peak] : peaks)
        std::printf("multiply-add peak, %zu thread(s): %.0f GFLOP/s\n", threads, peak * 1e-9);
    std::printf("\n%5s %-20s %7s %12s %12s %14s %10s %8s %8s %9s %9s\n", "f", "solver", "threads",
                "s/iteration", "processor s", "loss", "error", "GFLOP/s", "needed", "of peak",
                "peak MiB");
    for (const std::size_t factors : wanted.factors) {
        const hr::als_options options{.factors = factors,
                                      .regularization = wanted.regularization,
                                      .iterations = wanted.iterations,
                                      .align_users = false,
                                      .keep_history = false};
        hb::in_child([&] {
            hb::write_half_step(work.path(), hb::read_matrix(work.path()), options, {});
            return hr::json{};
        });
        for (const std::size_t threads : wanted.threads)
            hr::for_each_type<hr::exact, hr::conjugate_gradient, hr::subspace>([&]<class Solver>() {
                for (const std::string& name : wanted.solvers)
                    if (name == Solver::name()) {
                        hr::json line = hb::in_child([&] {
                            return measure<Solver>(options, threads, peaks[threads], work.path());
                        });
                        print(line);
                        result["lines"].push_back(std::move(line));
                    }
            });
    }
    return result;
}

} // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    for (const std::string& word : words)
        if (word == "-h" || word == "--help") {
            std::fputs(usage, stdout);
            return 0;
        }
    try {
        const arguments wanted = parse(words);
        const hr::json result = run(wanted);
        if (!wanted.json.empty()) {
            std::ofstream file{wanted.json};
            file << hr::dump(result, 2) << '\n';
            if (!file.flush())
                throw hr::data_error{wanted.json, 0, 0, "cannot be written"};
        }
    } catch (const std::invalid_argument& problem) {
        std::fprintf(stderr, "solver_variants: %s; --help lists the options\n", problem.what());
        return 2;
    } catch (const hb::bad_option& problem) {
        std::fprintf(stderr, "solver_variants: %s\n", problem.what());
        return 2;
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "solver_variants: %s\n", problem.what());
        return 1;
    }
}
