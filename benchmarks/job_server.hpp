// SPDX-License-Identifier: MIT
/// @file
/// hybrec's side of a race with other programs: reads one job per line, answers with one line.
///
/// The process stays alive between jobs, so that it can take turns with the peers' processes on data
/// that is loaded once. A line is a JSON object with the member "job"; scripts drive it.
#pragma once

#include "iteration_times.hpp"

#include <hybrec/core/error.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/io/json.hpp>

#include <cstddef>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <string>

namespace hybrec::benchmarks {

[[nodiscard]] inline std::size_t count(const json& job, const char* name,
                                       std::size_t otherwise = 0) {
    const json* value = job.find(name);
    return value ? static_cast<std::size_t>(value->as_integer()) : otherwise;
}
[[nodiscard]] inline std::string text(const json& job, const char* name) {
    const json* value = job.find(name);
    if (value == nullptr)
        throw option_error{std::string{"the job has no member "} + name};
    return value->as_string();
}
[[nodiscard]] inline json figures(const elapsed& time) {
    json answer;
    answer["seconds"] = time.seconds;
    answer["processor_seconds"] = time.processor_seconds;
    return answer;
}

/// Pools of as many threads as jobs ask for by "threads", or of two.
class job_pools {
  public:
    [[nodiscard]] execution where(const json& job) {
        auto& pool = pools_[count(job, "threads", 2)];
        if (!pool)
            pool = std::make_unique<thread_pool>(count(job, "threads", 2));
        return {.pool = pool.get()};
    }

  private:
    std::map<std::size_t, std::unique_ptr<thread_pool>> pools_;
};

/// The members of `Jobs` that do jobs, by name.
template <class Jobs>
using job_table = std::map<std::string, json (Jobs::*)(const json&)>;

/// Answers lines until there are none. What a job throws becomes its answer.
template <class Jobs>
void serve(Jobs& worker, const job_table<Jobs>& table) {
    for (std::string line; std::getline(std::cin, line);) {
        json answer;
        try {
            const json job = parse_json(line, "job");
            const std::string name = text(job, "job");
            const auto found = table.find(name);
            if (found == table.end())
                throw option_error{"there is no job \"" + name + "\""};
            answer = (worker.*found->second)(job);
            answer["ok"] = true;
        } catch (const std::exception& problem) {
            answer = {};
            answer["error_message"] = problem.what();
        }
        std::cout << dump(answer) << std::endl;
    }
}

} // namespace hybrec::benchmarks
