// SPDX-License-Identifier: MIT
/// @file
/// An open file that closes itself, and the errors of file calls.
#pragma once

#include <hybrec/core/error.hpp>

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace hybrec::detail {

/// Throws an `archive_error` such as `model.safetensors: cannot be written: No space left on
/// device`; `code` is an errno.
[[gnu::cold]] [[noreturn]] inline void refuse_file(const std::filesystem::path& path,
                                                   const std::string& what, int code) {
    fail<archive_error>({path.native(), ": ", what, ": ", std::generic_category().message(code)});
}

/// Owns a POSIX file descriptor.
class file_handle {
  public:
    file_handle() = default;
    explicit file_handle(int descriptor) noexcept : descriptor_{descriptor} {}
    file_handle(file_handle&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    file_handle& operator=(file_handle&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~file_handle() { (void)close(); }

    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }
    [[nodiscard]] int get() const noexcept { return descriptor_; }

    /// Closes the file; false, with errno set, if that reports a late failure of a write.
    [[nodiscard]] bool close() noexcept {
        const int descriptor = std::exchange(descriptor_, -1);
        return descriptor < 0 || ::close(descriptor) == 0;
    }

  private:
    int descriptor_ = -1;
};

} // namespace hybrec::detail
