// SPDX-License-Identifier: MIT
/// @file
/// How much memory this process holds and held, as the kernel counts it.
#pragma once

#include <hybrec/core/error.hpp>

#include <cstddef>
#include <fstream>
#include <string>

namespace hybrec::benchmarks {

/// A line of /proc/self/status in bytes; `field` is `VmHWM` (the peak) or `VmRSS` (now).
[[nodiscard]] inline std::size_t memory_bytes(const std::string& field) {
    std::ifstream status{"/proc/self/status"};
    for (std::string line; std::getline(status, line);)
        if (line.rfind(field + ":", 0) == 0)
            return std::stoull(line.substr(field.size() + 1)) * 1024;
    throw data_error{"/proc/self/status", 0, 0, "has no line " + field};
}

[[nodiscard]] inline std::size_t peak_memory() { return memory_bytes("VmHWM"); }
[[nodiscard]] inline std::size_t memory_now() { return memory_bytes("VmRSS"); }

/// Lets `peak_memory` start anew from what is held now.
inline void reset_peak_memory() {
    std::ofstream references{"/proc/self/clear_refs"};
    references << "5\n";
    if (!references.flush())
        throw data_error{"/proc/self/clear_refs", 0, 0, "cannot be written"};
}

} // namespace hybrec::benchmarks
