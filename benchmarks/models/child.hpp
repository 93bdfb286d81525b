// SPDX-License-Identifier: MIT
/// @file
/// Runs a step in a process of its own.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/io/json.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>

#include <sys/wait.h>
#include <unistd.h>

namespace hybrec::benchmarks {

/// An option that only the step that uses it could refuse.
class bad_option : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// What `work` returns, from a forked child whose memory and threads go with it.
/// @pre this process has started no threads.
/// @throws bad_option if `work` threw an option_error, runtime_error if it threw another exception
///         or the child died; each with the message.
template <class Work>
json in_child(Work&& work) {
    int ends[2];
    if (::pipe(ends) != 0)
        throw std::system_error{errno, std::generic_category(), "pipe"};
    std::fflush(stdout);
    const pid_t child = ::fork();
    if (child < 0)
        throw std::system_error{errno, std::generic_category(), "fork"};
    if (child == 0) {
        ::close(ends[0]);
        json answer;
        try {
            answer["result"] = work();
        } catch (const option_error& problem) {
            answer["bad_option"] = problem.what();
        } catch (const std::exception& problem) {
            answer["failure"] = problem.what();
        }
        const std::string text = dump(answer);
        std::size_t sent = 0;
        while (sent < text.size()) {
            const ssize_t count = ::write(ends[1], text.data() + sent, text.size() - sent);
            if (count <= 0)
                ::_exit(1);
            sent += static_cast<std::size_t>(count);
        }
        ::_exit(0); // the parent's buffers and destructors are not the child's
    }
    ::close(ends[1]);
    std::string text;
    char buffer[4096];
    for (ssize_t count; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;)
        text.append(buffer, static_cast<std::size_t>(count));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0)
        throw std::runtime_error{"a measuring process died (out of memory?), wait status " +
                                 std::to_string(status)};
    const json answer = parse_json(text, "the measuring process's answer");
    if (const json* problem = answer.find("bad_option"))
        throw bad_option{problem->as_string()};
    if (const json* problem = answer.find("failure"))
        throw std::runtime_error{problem->as_string()};
    return *answer.find("result");
}

} // namespace hybrec::benchmarks
