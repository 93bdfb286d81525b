// SPDX-License-Identifier: MIT
/// @file
/// The bytes of a file, mapped into memory where the system can.
#pragma once

#include <hybrec/core/error.hpp>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#if __has_include(<sys/mman.h>) && __has_include(<unistd.h>)
#define HYBREC_HAS_MMAP 1
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#else
#define HYBREC_HAS_MMAP 0
#include <fstream>
#include <iterator>
#endif

namespace hybrec::detail {

/// Read-only contents of a file. Regular files are mapped, pipes and the like are read to their
/// end. Nobody may shorten the file while it is mapped.
class mapped_file {
  public:
    /// @throws data_error naming the path and the system's reason.
    explicit mapped_file(const std::filesystem::path& path) {
        std::error_code ignored;
        if (std::filesystem::is_directory(path, ignored))
            throw data_error{path.string(), 0, 0, "is a directory; expected a file"};
#if HYBREC_HAS_MMAP
        const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (file < 0)
            fail(path, "cannot be opened", errno);
        const closer close_at_end{file};
        struct ::stat status = {};
        if (::fstat(file, &status) != 0)
            fail(path, "cannot be examined", errno);
        if (S_ISREG(status.st_mode) && status.st_size > 0) {
            const auto size = static_cast<std::size_t>(status.st_size);
            void* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
            if (address == MAP_FAILED)
                fail(path, "cannot be mapped into memory", errno);
            ::madvise(address, size, MADV_SEQUENTIAL);
            mapping_ = {static_cast<const char*>(address), size};
            return;
        }
        char block[1 << 14];
        for (;;) {
            const ::ssize_t count = ::read(file, block, sizeof block);
            if (count < 0 && errno == EINTR)
                continue;
            if (count < 0)
                fail(path, "cannot be read", errno);
            if (count == 0)
                return;
            copy_.append(block, static_cast<std::size_t>(count));
        }
#else
        std::ifstream file{path, std::ios::binary};
        if (!file)
            fail(path, "cannot be opened", errno);
        copy_.assign(std::istreambuf_iterator<char>{file}, {});
        if (file.bad())
            fail(path, "cannot be read", errno);
#endif
    }

    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;

    ~mapped_file() {
#if HYBREC_HAS_MMAP
        if (!mapping_.empty())
            ::munmap(const_cast<char*>(mapping_.data()), mapping_.size());
#endif
    }

    /// Valid as long as this object lives.
    [[nodiscard]] std::string_view bytes() const noexcept {
        return mapping_.empty() ? std::string_view{copy_} : mapping_;
    }

  private:
    [[noreturn]] static void fail(const std::filesystem::path& path, const char* what, int reason) {
        throw data_error{path.string(), 0, 0,
                         std::string{what} + ": " + std::generic_category().message(reason)};
    }

#if HYBREC_HAS_MMAP
    struct closer {
        int file;
        ~closer() { ::close(file); }
    };
#endif

    std::string_view mapping_;
    std::string copy_;
};

} // namespace hybrec::detail
