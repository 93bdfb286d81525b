// SPDX-License-Identifier: MIT
/// @file
/// Saves models, alone or with their id maps, and loads them.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/data/id_map.hpp>
#include <hybrec/io/archive_input.hpp>
#include <hybrec/io/archive_output.hpp>
#include <hybrec/io/detail/archive_ids.hpp>

#include <concepts>
#include <cstddef>
#include <filesystem>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace hybrec {

/// What `load` gives back. Destructures as `auto [model, users, items]`.
template <class Model, class UserId = std::string, class ItemId = std::string>
struct loaded {
    Model model;
    id_map<user_index, UserId> users;
    id_map<item_index, ItemId> items;
};

namespace detail {

/// Reads with `read`, and turns every complaint of a model about its state into one about the file.
template <class Read>
decltype(auto) read_state(archive_input& archive, const Read& read) {
    try {
        return read();
    } catch (const archive_error&) {
        throw;
    } catch (const error& problem) {
        archive.file().refuse(std::string{"its model cannot be used: "} + problem.what());
    } catch (const std::length_error&) {
        archive.file().refuse("its model claims sizes that do not fit memory");
    } catch (const std::bad_alloc&) {
        archive.file().refuse("there is not enough memory for its model");
    }
}

template <class Model>
[[nodiscard]] Model read_model(archive_input& archive) {
    const std::string expected = Model::type_name();
    if (archive.model() != expected)
        archive.file().refuse("holds a model of type " + archive.model() + "; expected " +
                              expected);
    return read_state(archive, [&] { return Model::load(archive); });
}

} // namespace detail

/// Saves a model to one safetensors file, which Python can read too.
///
/// The file is written beside `path` and then put in its place: whatever happens, `path` holds
/// either the old file or the whole new one. A checksum guards against later damage. Needs memory
/// for one copy of the model.
/// @throws archive_error naming the path and the reason.
template <archivable Model>
void save(const std::filesystem::path& path, const Model& model) {
    archive_output archive{std::string{Model::type_name()}};
    model.save(archive);
    archive.write(path);
}

/// Saves a model together with the ids of its users and items.
/// @throws shape_error if the maps do not number the model's users and items, before anything is
///         written; archive_error as above.
template <archivable Model, class UserId, class ItemId>
requires sized_model<Model>
void save(const std::filesystem::path& path, const Model& model,
          const id_map<user_index, UserId>& users, const id_map<item_index, ItemId>& items) {
    const auto check = [](const char* side, std::size_t ids, std::size_t count) {
        if (ids != count)
            fail<shape_error>({"save: there are ", ids, " ids of ", side, ", but the model has ",
                               count, " ", side});
    };
    check("users", users.size(), model.user_count());
    check("items", items.size(), model.item_count());
    archive_output archive{std::string{Model::type_name()}};
    model.save(archive);
    detail::write_ids(archive, "users", users);
    detail::write_ids(archive, "items", items);
    archive.write(path);
}

/// Loads a model; ids that were saved with it are left alone.
///
/// Nothing of the file is trusted: a damaged or foreign file, another type of model, and fields
/// that the model does not read are refused.
/// @throws archive_error naming the path and the reason.
template <archivable Model>
[[nodiscard]] Model load_model(const std::filesystem::path& path) {
    archive_input archive{path};
    Model model = detail::read_model<Model>(archive);
    detail::skip_ids(archive, "users");
    detail::skip_ids(archive, "items");
    archive.refuse_unread();
    return model;
}

/// Loads a model with the ids of its users and items: `auto [model, users, items] =
/// load<implicit_als<>>(path)`. Ids are texts unless said otherwise:
/// `load<Model, std::int64_t, std::string>(path)`.
/// @throws archive_error naming the path and the reason; also if ids are missing, repeated, of
///         another type, or not as many as the model has users or items.
template <archivable Model, class UserId = std::string, class ItemId = std::string>
requires sized_model<Model>
[[nodiscard]] loaded<Model, UserId, ItemId> load(const std::filesystem::path& path) {
    archive_input archive{path};
    Model model = detail::read_model<Model>(archive);
    auto users = detail::read_ids<user_index, UserId>(archive, "users", model.user_count());
    auto items = detail::read_ids<item_index, ItemId>(archive, "items", model.item_count());
    archive.refuse_unread();
    return {std::move(model), std::move(users), std::move(items)};
}

} // namespace hybrec
