// SPDX-License-Identifier: MIT
/// @file
/// Reads a well-known data set, or any file of interactions, with whatever is known about its
/// items.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/dataset.hpp>
#include <hybrec/data/detail/dataset_formats.hpp>
#include <hybrec/data/detail/user_lists.hpp>
#include <hybrec/data/read_interactions.hpp>
#include <hybrec/data/read_user_lists.hpp>

#include <filesystem>
#include <string>
#include <system_error>

namespace hybrec {

/// Reads a folder that is recognised by its files, or a single file.
///
/// Folders: MovieLens in all its forms, RecBole's atomic files, Last.fm, Book-Crossing, anime, and
/// splits into `train.txt` and `test.txt`; `test` and `validation` are then filled. A file is read
/// by `read_user_lists` if it looks like it, else by `read_interactions`; the table of items of a
/// known data set is picked up from beside it, the other parts of a split are not.
/// @throws data_error: nothing there, a folder without a known file (the message lists what was
///         looked for), a file with bad contents.
template <class Use = on_use>
[[nodiscard]] dataset read_dataset(const std::filesystem::path& path) {
    namespace fs = std::filesystem;
    std::error_code failure;
    const bool is_folder = fs::is_directory(path, failure);
    dataset data;
    if (is_folder) {
        fs::directory_iterator probe{path, failure};
        if (failure)
            throw data_error{path.string(), 0, 0, "cannot be listed: " + failure.message()};
        const detail::dataset_format* format = nullptr;
        fs::path interactions;
        for (const detail::dataset_format& candidate : detail::dataset_formats<Use>)
            if (const auto found = detail::find_interactions(candidate, path)) {
                format = &candidate;
                interactions = *found;
                break;
            }
        if (format == nullptr)
            throw data_error{path.string(), 0, 0,
                             "no known data set is in this folder; looked for " +
                                 detail::expected_files<Use>() +
                                 ". Give the path of a file to read another table"};
        data = format->read(interactions, true);
        const fs::path folder = fs::absolute(path).lexically_normal();
        data.name = (folder.has_filename() ? folder : folder.parent_path()).filename().string();
        return data;
    }

    const std::string file = path.filename().string();
    const detail::dataset_format* format = nullptr;
    for (const detail::dataset_format& candidate : detail::dataset_formats<Use>)
        if (format == nullptr && candidate.matches(file))
            format = &candidate;
    if (format != nullptr)
        data = format->read(path, false);
    else
        data.log = detail::is_user_lists(path) ? read_user_lists(path) : read_interactions(path);
    data.name = path.stem().string();
    return data;
}

} // namespace hybrec
