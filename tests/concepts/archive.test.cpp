// SPDX-License-Identifier: MIT
#include <hybrec/concepts/archive.hpp>

#include <doctest/doctest.h>

#include <hybrec/core/error.hpp>

#include <any>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hr = hybrec;

namespace {

/// An archive in memory: the least that satisfies reader and writer.
class memory_archive {
  public:
    void write_text(std::string_view name, std::string_view text) { put(name, std::string{text}); }
    void write_integer(std::string_view name, std::int64_t value) { put(name, value); }
    void write_real(std::string_view name, double value) { put(name, value); }
    template <hr::tensor_element T>
    void write_tensor(std::string_view name, std::span<const T> values, hr::tensor_shape shape) {
        put(name, hr::tensor<T>{shape, {values.begin(), values.end()}});
    }
    bool has(std::string_view name) { return fields_.contains(std::string{name}); }
    std::string read_text(std::string_view name) { return get<std::string>(name); }
    std::int64_t read_integer(std::string_view name) { return get<std::int64_t>(name); }
    double read_real(std::string_view name) { return get<double>(name); }
    template <hr::tensor_element T>
    hr::tensor<T> read_tensor(std::string_view name) {
        return get<hr::tensor<T>>(name);
    }
    [[noreturn]] void refuse(std::string_view name, const std::string& reason) {
        throw hr::archive_error{"memory: " + std::string{name} + ": " + reason};
    }

  private:
    template <class T>
    void put(std::string_view name, T value) {
        if (!fields_.emplace(std::string{name}, std::move(value)).second)
            refuse(name, "is there twice");
    }
    template <class T>
    T get(std::string_view name) {
        const auto found = fields_.find(std::string{name});
        if (found == fields_.end())
            refuse(name, "is missing");
        if (const T* value = std::any_cast<T>(&found->second))
            return *value;
        refuse(name, "has another type");
    }

    std::map<std::string, std::any> fields_;
};

struct line_model {
    std::vector<float> slopes;
    double offset = 0;

    static std::string type_name() { return "line_model"; }
    template <hr::archive_writer Writer>
    void save(Writer& writer) const {
        writer.write_real("offset", offset);
        writer.write_tensor("slopes", std::span<const float>{slopes},
                            hr::tensor_shape{1, slopes.size()});
    }
    template <hr::archive_reader Reader>
    static line_model load(Reader& reader) {
        auto slopes = reader.template read_tensor<float>("slopes");
        if (slopes.shape.rows != 1)
            reader.refuse("slopes", "has more than one row");
        return {std::move(slopes.values), reader.read_real("offset")};
    }
    bool operator==(const line_model&) const = default;
};

struct without_name {
    void save(auto&) const {}
    static without_name load(auto&) { return {}; }
};
struct loads_another {
    static std::string type_name() { return "x"; }
    void save(auto&) const {}
    static line_model load(auto&) { return {}; }
};
struct save_changes {
    static std::string type_name() { return "x"; }
    void save(auto&) {}
    static save_changes load(auto&) { return {}; }
};
struct write_only {
    void write_text(std::string_view, std::string_view);
    void write_integer(std::string_view, std::int64_t);
    void write_real(std::string_view, double);
    void write_tensor(std::string_view, std::span<const float>, hr::tensor_shape);
};

} // namespace

static_assert(hr::tensor_element<float>);
static_assert(hr::tensor_element<std::uint32_t>);
static_assert(!hr::tensor_element<int>);
static_assert(!hr::tensor_element<long double>);
static_assert(!hr::tensor_element<bool>);

static_assert(hr::archive_writer<hr::archetype::archive>);
static_assert(hr::archive_reader<hr::archetype::archive>);
static_assert(hr::archive_writer<memory_archive>);
static_assert(hr::archive_reader<memory_archive>);
static_assert(hr::archive_writer<write_only>);
static_assert(!hr::archive_reader<write_only>);
static_assert(!hr::archive_writer<int>);

static_assert(hr::archivable<line_model>);
static_assert(!hr::archivable<without_name>);
static_assert(!hr::archivable<loads_another>);
static_assert(!hr::archivable<save_changes>);
static_assert(!hr::archivable<int>);

TEST_CASE("an archivable model comes back from any archive") {
    const line_model model{{1, 2.5F}, -3};
    memory_archive archive;
    model.save(archive);
    CHECK(archive.has("offset"));
    CHECK(!archive.has("weights"));
    CHECK(line_model::load(archive) == model);
    CHECK_THROWS_AS(model.save(archive), hr::archive_error); // names are unique
    memory_archive empty;
    CHECK_THROWS_AS((void)line_model::load(empty), hr::archive_error);
    CHECK_THROWS_AS((void)archive.read_integer("offset"), hr::archive_error);
}
