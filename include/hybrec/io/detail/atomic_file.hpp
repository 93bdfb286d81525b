// SPDX-License-Identifier: MIT
/// @file
/// Replaces a file as a whole or not at all.
#pragma once

#include <hybrec/core/joined.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/io/detail/file_handle.hpp>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

namespace hybrec::detail {

/// Collects bytes in a temporary file beside `path` and renames it onto `path` at the end. Until
/// then, an existing file stays as it is; without `commit`, the temporary is removed.
class atomic_file {
  public:
    /// @throws archive_error naming path and reason.
    [[gnu::cold]] explicit atomic_file(std::filesystem::path path) : path_{std::move(path)} {
        if (!path_.has_filename())
            refuse_file(path_, "cannot be written", EISDIR);
        std::string folder = path_.parent_path().native();
        if (folder.empty())
            folder = ".";
        folder_ = file_handle{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        if (!folder_.is_open())
            refuse_file(path_, "its folder cannot be opened", errno);
        // The target's own name with a suffix could be longer than a file name may be.
        static std::atomic<unsigned> counter{0};
        do {
            temporary_ = joined({folder, "/.hybrec-", std::to_string(::getpid()), "-",
                                 std::to_string(counter.fetch_add(1)), ".tmp"});
            file_ = file_handle{
                ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)};
        } while (!file_.is_open() && errno == EEXIST);
        if (!file_.is_open())
            refuse_file(path_, "cannot be created", errno);
        pending_ = true;
    }

    atomic_file(const atomic_file&) = delete;
    atomic_file& operator=(const atomic_file&) = delete;

    ~atomic_file() {
        if (pending_)
            (void)::unlink(temporary_.c_str());
    }

    /// @throws archive_error naming path and reason, such as a full disk.
    template <class = on_use>
    void write(std::span<const std::byte> bytes) {
        while (!bytes.empty()) {
            // One call writes at most about 2 GiB anyway.
            const std::size_t part = std::min(bytes.size(), std::size_t{1} << 30);
            const auto written = ::write(file_.get(), bytes.data(), part);
            if (written < 0 && errno == EINTR)
                continue;
            if (written < 0)
                refuse_file(path_, "cannot be written", errno);
            bytes = bytes.subspan(static_cast<std::size_t>(written));
        }
    }

    /// Makes the bytes durable and puts the file in its place.
    /// @throws archive_error naming path and reason; the target is then as before, except when the
    ///         last step, making the new name durable, is what failed.
    void commit() {
        if (::fsync(file_.get()) != 0 || !file_.close())
            refuse_file(path_, "cannot be written to the disk", errno);
        if (::rename(temporary_.c_str(), path_.c_str()) != 0)
            refuse_file(path_, "cannot be put in its place", errno);
        pending_ = false;
        // Some file systems cannot sync a folder and say so; that is not a failure of the save.
        if (::fsync(folder_.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
            refuse_file(path_, "was written, but its name may not survive a power cut", errno);
    }

  private:
    std::filesystem::path path_;
    std::string temporary_;
    file_handle folder_;
    file_handle file_;
    bool pending_ = false;
};

} // namespace hybrec::detail
