// SPDX-License-Identifier: MIT
#include <hybrec/io/archive.hpp>

#include "../mentions.hpp"
#include "toy_model.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hr = hybrec;
using hr::test::mentions;

namespace {

using text_users = hr::id_map<hr::user_index>;
using text_items = hr::id_map<hr::item_index>;

text_users make_users() {
    text_users users;
    users.add("USR_1");
    users.add("");
    return users;
}

text_items make_items() {
    text_items items;
    for (const std::string_view id : {std::string_view{"caf\xC3\xA9"},
                                      std::string_view{"\xFF\0x", 3}, std::string_view{"PROD"}})
        items.add(id);
    return items;
}

/// Another model, which reads only a part of what `toy::model` writes.
struct careless {
    static std::string type_name() { return toy::model::type_name(); }
    void save(hr::archive_writer auto& archive) const { archive.write_text("solver", "x"); }
    static careless load(hr::archive_reader auto& archive) {
        (void)archive.read_text("solver");
        return {};
    }
};

struct failing {
    static std::string type_name() { return toy::model::type_name(); }
    void save(hr::archive_writer auto& archive) const { archive.write_text("solver", "x"); }
    static failing load(hr::archive_reader auto&) { throw hr::option_error{"factors is 0"}; }
};

struct other_model : toy::model {
    static std::string type_name() { return "other<cg>"; }
    static other_model load(hr::archive_reader auto& archive) {
        return {toy::model::load(archive)};
    }
};

template <class Model>
std::string refusal(const std::filesystem::path& path) {
    try {
        (void)hr::load_model<Model>(path);
    } catch (const hr::archive_error& problem) {
        return problem.what();
    }
    return "";
}

/// The message with which loading `path` with its ids is refused; "" if it is not.
std::string refusal_with_ids(const std::filesystem::path& path) {
    try {
        (void)hr::load<toy::model>(path);
    } catch (const hr::archive_error& problem) {
        return problem.what();
    }
    return "";
}

} // namespace

static_assert(hr::archivable<toy::model>);
static_assert(!hr::archivable<int>);

TEST_CASE("save and load") {
    const toy::temporary_folder folder;
    const auto path = folder / "recommender.safetensors";
    const toy::model trained;

    SUBCASE("a model alone") {
        hr::save(path, trained);
        CHECK(hr::load_model<toy::model>(path) == trained);
        CHECK(mentions(refusal_with_ids(path), "load it with load_model"));
    }
    SUBCASE("a name without a folder is of the one that the program runs in") {
        const auto before = std::filesystem::current_path();
        std::filesystem::current_path((folder / "x").parent_path());
        CHECK_NOTHROW(hr::save("bare.safetensors", trained));
        std::filesystem::current_path(before);
        CHECK(hr::load_model<toy::model>(folder / "bare.safetensors") == trained);
    }
    SUBCASE("a model with text ids") {
        hr::save(path, trained, make_users(), make_items());
        const auto [model, users, items] = hr::load<toy::model>(path);
        CHECK(model == trained);
        CHECK(users == make_users());
        CHECK(items == make_items());
        CHECK(users.at("USR_1") == hr::user_index{0});
        CHECK(items[hr::item_index{1}] == std::string_view{"\xFF\0x", 3});
        CHECK(hr::load_model<toy::model>(path) == trained);
    }
    SUBCASE("a model with integer ids") {
        hr::id_map<hr::user_index, std::int64_t> users;
        users.add(-5);
        users.add(INT64_MAX);
        hr::save(path, trained, users, make_items());
        const auto back = hr::load<toy::model, std::int64_t, std::string>(path);
        CHECK(back.users == users);
        CHECK(back.items == make_items());
        CHECK(mentions(refusal_with_ids(path), "the ids of users are integers"));
        hr::save(path, trained, make_users(), make_items());
        CHECK_THROWS_AS((void)(hr::load<toy::model, std::int64_t, std::string>(path)),
                        hr::archive_error);
    }
    SUBCASE("an empty model") {
        toy::model empty;
        empty.user_factors.clear();
        empty.item_factors.clear();
        hr::save(path, empty, text_users{}, text_items{});
        const auto [model, users, items] = hr::load<toy::model>(path);
        CHECK(model == empty);
        CHECK(users.empty());
        CHECK(items.empty());
    }
    SUBCASE("maps that do not number the model are refused before anything is written") {
        toy::write_bytes(path, "the old file");
        CHECK_THROWS_WITH_AS(hr::save(path, trained, text_users{}, make_items()),
                             "save: there are 0 ids of users, but the model has 2 users",
                             hr::shape_error);
        CHECK_THROWS_WITH_AS(hr::save(path, trained, make_users(), text_items{}),
                             "save: there are 0 ids of items, but the model has 3 items",
                             hr::shape_error);
        CHECK(toy::read_bytes(path) == "the old file");
    }
    SUBCASE("another model is refused, naming both") {
        hr::save(path, trained);
        CHECK(refusal<other_model>(path) ==
              path.string() + ": holds a model of type toy<exact>; expected other<cg>");
    }
    SUBCASE("fields that the model does not read are refused") {
        hr::save(path, trained);
        CHECK(mentions(refusal<careless>(path), "which the model does not read"));
    }
    SUBCASE("what the model says about its state becomes an error about the file") {
        hr::save(path, trained);
        CHECK(refusal<failing>(path) == path.string() + ": its model cannot be used: factors is 0");
    }
    SUBCASE("ids that do not fit are refused, although the checksum is right") {
        const auto with_ids = [&](std::string_view text, std::vector<std::uint64_t> ends,
                                  std::vector<std::uint64_t> shape = {2}) {
            hr::archive_output archive{toy::model::type_name()};
            trained.save(archive);
            const std::vector<std::uint8_t> bytes{text.begin(), text.end()};
            archive.file().add_tensor<std::uint8_t>("users.text", bytes,
                                                    std::vector<std::uint64_t>{bytes.size()});
            archive.file().add_tensor<std::uint64_t>("users.ends", ends, shape);
            hr::detail::write_ids(archive, "items", make_items());
            archive.write(path);
            return refusal_with_ids(path);
        };
        CHECK(with_ids("abc", {1, 3}).empty());
        CHECK(mentions(with_ids("abab", {2, 4}), "\"ab\" is there twice, at 0 and 1"));
        CHECK(mentions(with_ids("abc", {2, 1}), "the id at 1 ends at byte 1"));
        CHECK(mentions(with_ids("abc", {2, 4}), "expected from 2 to 3"));
        CHECK(mentions(with_ids("abc", {1, 2}), "the last 1 bytes belong to no id"));
        CHECK(mentions(with_ids("abc", {3}, {1}), "holds 1 ids of users, but its model has 2"));
        CHECK(mentions(with_ids("abc", {1, 3}, {2, 1}), "expected one dimension"));
    }
    SUBCASE("unknown content is refused") {
        hr::archive_output archive{toy::model::type_name()};
        trained.save(archive);
        archive.file().add_tensor<float>("extra", std::array{1.0F}, std::vector<std::uint64_t>{1});
        archive.write(path);
        CHECK(mentions(refusal<toy::model>(path), "holds the tensor \"extra\""));
        hr::archive_output noted{toy::model::type_name()};
        trained.save(noted);
        noted.file().add_text("note", "x");
        noted.write(path);
        CHECK(mentions(refusal<toy::model>(path), "holds metadata \"note\""));
    }
}

TEST_CASE("a damaged archive") {
    const toy::temporary_folder folder;
    const auto path = folder / "recommender.safetensors";
    hr::save(path, toy::model{}, make_users(), make_items());
    const std::string whole = toy::read_bytes(path);
    REQUIRE(refusal_with_ids(path).empty());

    SUBCASE("is refused wherever a bit is flipped") {
        std::size_t accepted = 0;
        std::fstream file{path, std::ios::binary | std::ios::in | std::ios::out};
        const auto put = [&](std::size_t at, unsigned byte) {
            file.seekp(static_cast<std::streamoff>(at));
            file.put(static_cast<char>(byte)).flush();
        };
        for (std::size_t at = 0; at < whole.size(); ++at) {
            const unsigned byte = static_cast<unsigned char>(whole[at]);
            for (unsigned bit = 0; bit < 8; ++bit) {
                put(at, byte ^ (1U << bit));
                accepted += refusal_with_ids(path).empty();
                accepted += refusal<toy::model>(path).empty();
            }
            put(at, byte);
        }
        REQUIRE(file.good());
        REQUIRE(refusal_with_ids(path).empty());
        CHECK(accepted == 0);
    }
    SUBCASE("is refused wherever it is cut, and when something follows") {
        std::size_t accepted = 0;
        for (std::size_t length = 0; length < whole.size(); ++length) {
            toy::write_bytes(path, std::string_view{whole}.substr(0, length));
            accepted += refusal_with_ids(path).empty();
        }
        CHECK(accepted == 0);
        toy::write_bytes(path, whole + '\0');
        CHECK(mentions(refusal_with_ids(path), "the last 1 bytes belong to no tensor"));
    }
    SUBCASE("is refused when bytes are exchanged or cleared") {
        std::size_t accepted = 0;
        for (std::size_t at = 0; at + 1 < whole.size(); ++at) {
            std::string damaged = whole;
            std::swap(damaged[at], damaged[at + 1]);
            if (damaged != whole) {
                toy::write_bytes(path, damaged);
                accepted += refusal_with_ids(path).empty();
            }
            damaged = whole;
            damaged[at] = '\0';
            if (damaged != whole) {
                toy::write_bytes(path, damaged);
                accepted += refusal_with_ids(path).empty();
            }
        }
        CHECK(accepted == 0);
    }
}
