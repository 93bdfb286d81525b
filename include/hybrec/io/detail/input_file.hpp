// SPDX-License-Identifier: MIT
/// @file
/// A file that is read at given places.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/io/detail/file_handle.hpp>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hybrec::detail {

/// Reads, rather than maps: a file that shrinks while it is read gives an error, not a signal.
class input_file {
  public:
    /// @throws archive_error naming path and reason.
    explicit input_file(std::filesystem::path path) : path_{std::move(path)} {
        // Without O_NONBLOCK, opening a pipe would wait for a writer.
        file_ = file_handle{::open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
        if (!file_.is_open())
            refuse_file(path_, "cannot be opened", errno);
        struct ::stat about {};
        if (::fstat(file_.get(), &about) != 0)
            refuse_file(path_, "cannot be read", errno);
        if (S_ISDIR(about.st_mode))
            refuse_file(path_, "cannot be read", EISDIR);
        if (!S_ISREG(about.st_mode))
            fail<archive_error>({path_.string(), ": is not a regular file"});
        size_ = static_cast<std::uint64_t>(about.st_size);
    }

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

    /// Fills `out` with the bytes from `begin` on. Safe for concurrent calls.
    /// @pre `begin + out.size()` is at most `size()`.
    template <class = on_use>
    void read(std::uint64_t begin, std::span<std::byte> out) const {
        while (!out.empty()) {
            const std::size_t part = std::min(out.size(), std::size_t{1} << 30);
            const auto got = ::pread(file_.get(), out.data(), part, static_cast<::off_t>(begin));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                refuse_file(path_, "cannot be read", errno);
            if (got == 0)
                fail<archive_error>({path_.string(), ": became shorter while it was read"});
            begin += static_cast<std::uint64_t>(got);
            out = out.subspan(static_cast<std::size_t>(got));
        }
    }

  private:
    std::filesystem::path path_;
    file_handle file_;
    std::uint64_t size_ = 0;
};

} // namespace hybrec::detail
