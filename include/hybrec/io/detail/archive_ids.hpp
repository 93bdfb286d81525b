// SPDX-License-Identifier: MIT
/// @file
/// Writes id maps to archives and reads them back.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/data/id_map.hpp>
#include <hybrec/io/archive_input.hpp>
#include <hybrec/io/archive_output.hpp>
#include <hybrec/io/detail/archive_format.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec::detail {

/// @param side "users" or "items".
template <class Index, class Id>
void write_ids(archive_output& archive, std::string_view side, const id_map<Index, Id>& ids) {
    const std::array<std::uint64_t, 1> count = {ids.size()};
    if constexpr (std::same_as<Id, std::int64_t>) {
        std::vector<std::int64_t> values(ids.size());
        for (std::size_t at = 0; at < values.size(); ++at)
            values[at] = ids[Index(at)];
        archive.file().template add_tensor<std::int64_t>(integer_ids_key(side), as_span(values),
                                                         as_span(count));
    } else {
        std::vector<std::uint8_t> bytes;
        std::vector<std::uint64_t> ends(ids.size());
        for (std::size_t at = 0; at < ends.size(); ++at) {
            const std::string_view id = ids[Index(at)];
            bytes.insert(bytes.end(), id.begin(), id.end());
            ends[at] = bytes.size();
        }
        const std::array<std::uint64_t, 1> size = {bytes.size()};
        archive.file().template add_tensor<std::uint8_t>(text_bytes_key(side), as_span(bytes),
                                                         as_span(size));
        archive.file().template add_tensor<std::uint64_t>(text_ends_key(side), as_span(ends),
                                                          as_span(count));
    }
}

/// Reads the ids of one side. @throws archive_error if they are missing, of the other type,
/// not `expected` in number, or not distinct.
template <class Index, class Id>
[[nodiscard]] id_map<Index, Id> read_ids(archive_input& archive, std::string_view side,
                                         std::size_t expected) {
    const safetensors_file& file = archive.file();
    const std::string who{side};
    constexpr bool integers = std::same_as<Id, std::int64_t>;
    const bool has_integers = file.find_tensor(integer_ids_key(side)) != nullptr;
    const bool has_texts = file.find_tensor(text_ends_key(side)) != nullptr &&
                           file.find_tensor(text_bytes_key(side)) != nullptr;
    if (!has_integers && !has_texts)
        file.refuse("holds no ids of " + who +
                    "; it was saved without id maps, load it with load_model");
    if (integers ? !has_integers : !has_texts)
        file.refuse("the ids of " + who + " are " + (has_integers ? "integers" : "texts") +
                    "; load them with " + (has_integers ? "std::int64_t" : "std::string") +
                    " as the type of ids");
    const auto vector = [&]<class T>(const std::string& name, T) {
        const tensor_info& info = *file.find_tensor(name);
        if (info.shape.size() != 1)
            file.refuse("tensor \"" + name + "\": its shape is " + show_shape(as_span(info.shape)) +
                        "; expected one dimension");
        archive.mark_read(name);
        return file.read<T>(info);
    };
    const auto check_count = [&](std::size_t count) {
        if (count != expected)
            file.refuse("holds " + std::to_string(count) + " ids of " + who +
                        ", but its model has " + std::to_string(expected) + " " + who);
        if (count > max_index_count)
            file.refuse("holds " + std::to_string(count) + " ids of " + who + "; at most " +
                        std::to_string(max_index_count) + " are possible");
    };

    id_map<Index, Id> ids;
    const auto add = [&](auto id, const auto& shown) {
        const std::size_t at = ids.size();
        const Index index = ids.add(id);
        if (ids.size() == at)
            file.refuse("ids of " + who + ": " + shown(id) + " is there twice, at " +
                        std::to_string(index.value()) + " and " + std::to_string(at));
    };
    if constexpr (integers) {
        const std::vector<std::int64_t> values = vector(integer_ids_key(side), std::int64_t{});
        check_count(values.size());
        for (const std::int64_t value : values)
            add(value, [](std::int64_t id) { return std::to_string(id); });
    } else {
        const std::vector<std::uint8_t> bytes = vector(text_bytes_key(side), std::uint8_t{});
        const std::vector<std::uint64_t> ends = vector(text_ends_key(side), std::uint64_t{});
        check_count(ends.size());
        const std::string text{bytes.begin(), bytes.end()};
        std::uint64_t begin = 0;
        for (const std::uint64_t end : ends) {
            if (end < begin || end > text.size())
                file.refuse("ids of " + who + ": the id at " + std::to_string(ids.size()) +
                            " ends at byte " + std::to_string(end) + "; expected from " +
                            std::to_string(begin) + " to " + std::to_string(text.size()));
            add(std::string_view{text}.substr(begin, end - begin),
                [](std::string_view id) { return "\"" + std::string{id} + "\""; });
            begin = end;
        }
        if (begin != text.size())
            file.refuse("ids of " + who + ": the last " + std::to_string(text.size() - begin) +
                        " bytes belong to no id");
    }
    return ids;
}

/// Knows the ids of one side without reading them.
inline void skip_ids(archive_input& archive, std::string_view side) {
    archive.mark_read(integer_ids_key(side));
    archive.mark_read(text_bytes_key(side));
    archive.mark_read(text_ends_key(side));
}

} // namespace hybrec::detail
