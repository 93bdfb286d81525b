// SPDX-License-Identifier: MIT
#include <hybrec/io/safetensors.hpp>

#include "../mentions.hpp"
#include "toy_model.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <sys/resource.h>

namespace hr = hybrec;
using hr::test::mentions;
using dimensions = std::vector<std::uint64_t>;

namespace {

/// While it lives, files cannot grow beyond `bytes`: a full disk, without a disk.
class file_size_limit {
  public:
    explicit file_size_limit(::rlim_t bytes) {
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &before_);
        ::rlimit limited = before_;
        limited.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &limited);
    }
    file_size_limit(const file_size_limit&) = delete;
    file_size_limit& operator=(const file_size_limit&) = delete;
    ~file_size_limit() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    ::rlimit before_{};
    void (*handler_)(int) = nullptr;
};

/// The message with which opening `bytes` is refused; "" if it is not.
std::string refusal(const std::filesystem::path& path, std::string_view bytes) {
    toy::write_bytes(path, bytes);
    try {
        const hr::safetensors_file file{path};
    } catch (const hr::archive_error& problem) {
        return problem.what();
    }
    return "";
}

} // namespace

TEST_CASE("safetensors_writer and safetensors_file") {
    const toy::temporary_folder folder;
    const auto path = folder / "model.safetensors";

    SUBCASE("every type comes back") {
        const std::vector<float> f32 = {1.5F, -0.0F, 3e38F};
        const std::vector<double> f64 = {0.1, 5e-324};
        const std::vector<std::uint8_t> u8 = {0, 255, 7};
        const std::vector<std::uint32_t> u32 = {1, 4294967295};
        const std::vector<std::int64_t> i64 = {-1, INT64_MIN};
        const std::vector<std::uint64_t> u64 = {UINT64_MAX};
        hr::safetensors_writer writer;
        writer.add_text("note", "\"quoted\" caf\xC3\xA9");
        writer.add_tensor<std::uint8_t>("u8", u8, dimensions{3});
        writer.add_tensor<float>("f32", f32, dimensions{3, 1});
        writer.add_tensor<double>("f64", f64, dimensions{1, 2});
        writer.add_tensor<std::uint32_t>("u32", u32, dimensions{2});
        writer.add_tensor<std::int64_t>("i64", i64, dimensions{2});
        writer.add_tensor<std::uint64_t>("u64", u64, dimensions{});
        writer.add_tensor<float>("empty", {}, dimensions{0, 8});
        writer.write(path);

        const hr::safetensors_file file{path};
        file.verify_checksum();
        REQUIRE(file.tensors().size() == 7);
        CHECK(*file.find_text("note") == "\"quoted\" caf\xC3\xA9");
        CHECK(file.find_text("other") == nullptr);
        CHECK(file.find_tensor("other") == nullptr);
        CHECK(file.find_tensor("f32")->shape == dimensions{3, 1});
        CHECK(file.read<float>(*file.find_tensor("f32")) == f32);
        CHECK(file.read<double>(*file.find_tensor("f64")) == f64);
        CHECK(file.read<std::uint8_t>(*file.find_tensor("u8")) == u8);
        CHECK(file.read<std::uint32_t>(*file.find_tensor("u32")) == u32);
        CHECK(file.read<std::int64_t>(*file.find_tensor("i64")) == i64);
        CHECK(file.read<std::uint64_t>(*file.find_tensor("u64")) == u64);
        CHECK(file.read<float>(*file.find_tensor("empty")).empty());
        CHECK_THROWS_AS((void)file.read<double>(*file.find_tensor("f32")), hr::archive_error);

        for (const hr::tensor_info& tensor : file.tensors())
            CHECK(tensor.begin % hr::tensor_type_size(tensor.type) == 0);
        const std::string bytes = toy::read_bytes(path);
        CHECK((bytes.size() - file.tensors().back().end) % 64 == 0);
        CHECK(folder.file_count() == 1);
    }
    SUBCASE("an empty file of the format") {
        hr::safetensors_writer{}.write(path);
        const hr::safetensors_file file{path};
        file.verify_checksum();
        CHECK(file.tensors().empty());
        CHECK(toy::read_bytes(path).size() % 64 == 0);
    }
    SUBCASE("writing twice gives the same bytes, and replaces what was there") {
        hr::safetensors_writer writer;
        writer.add_tensor<float>("a", std::array{1.0F, 2.0F}, dimensions{2});
        writer.write(path);
        const std::string first = toy::read_bytes(path);
        toy::write_bytes(path, "something else");
        writer.write(path);
        CHECK(toy::read_bytes(path) == first);
    }
    SUBCASE("what cannot be written is refused") {
        hr::safetensors_writer writer;
        const std::array values = {1.0F, 2.0F};
        writer.add_tensor<float>("a", values, dimensions{2});
        writer.add_text("t", "x");
        CHECK_THROWS_WITH_AS(writer.add_tensor<float>("a", values, dimensions{2}),
                             "tensor \"a\" is written twice", hr::archive_error);
        CHECK_THROWS_WITH_AS(writer.add_tensor<float>("b", values, dimensions{3}),
                             "tensor \"b\": its shape [3] does not fit its 2 values",
                             hr::archive_error);
        CHECK_THROWS_AS(
            writer.add_tensor<float>("b", values, dimensions{std::uint64_t{1} << 63, 2, 1, 2}),
            hr::archive_error);
        CHECK_THROWS_AS(writer.add_tensor<float>("", values, dimensions{2}), hr::archive_error);
        CHECK_THROWS_AS(writer.add_tensor<float>("__metadata__", values, dimensions{2}),
                        hr::archive_error);
        CHECK_THROWS_AS(writer.add_tensor<float>("\xFF", values, dimensions{2}), hr::archive_error);
        CHECK_THROWS_AS(writer.add_text("t", "y"), hr::archive_error);
        CHECK_THROWS_AS(writer.add_text("u", "\xFF"), hr::archive_error);
        CHECK_THROWS_AS(writer.add_text(hr::checksum_key, "0"), hr::archive_error);
    }
    SUBCASE("a failed write leaves the old file and no temporary") {
        hr::safetensors_writer writer;
        const std::vector<double> values(100'000, 1.0);
        writer.add_tensor<double>("large", values, dimensions{values.size()});
        toy::write_bytes(path, "the old file");
        {
            const file_size_limit limit{10'000};
            CHECK_THROWS_WITH_AS(writer.write(path),
                                 (path.string() + ": cannot be written: File too large").c_str(),
                                 hr::archive_error);
        }
        CHECK(toy::read_bytes(path) == "the old file");
        CHECK(folder.file_count() == 1);
        writer.write(path);
        CHECK(toy::read_bytes(path).size() > 800'000);

        CHECK_THROWS_WITH_AS(writer.write(folder / "no/such/model"),
                             ((folder / "no/such/model").string() +
                              ": its folder cannot be opened: No such file or directory")
                                 .c_str(),
                             hr::archive_error);
        CHECK_THROWS_AS(writer.write(path / "below a file"), hr::archive_error);
        CHECK_THROWS_AS(writer.write("/proc/hybrec.safetensors"), hr::archive_error);
        CHECK_THROWS_AS(writer.write(""), hr::archive_error);
        std::filesystem::create_directory(folder / "folder");
        CHECK_THROWS_AS(writer.write(folder / "folder"), hr::archive_error);
        CHECK_THROWS_AS(writer.write(folder / "folder/"), hr::archive_error);
        CHECK(std::filesystem::is_empty(folder / "folder"));
        CHECK(folder.file_count() == 2);
    }
    SUBCASE("what cannot be read is refused") {
        CHECK_THROWS_WITH_AS(
            hr::safetensors_file{folder / "none"},
            ((folder / "none").string() + ": cannot be opened: No such file or directory").c_str(),
            hr::archive_error);
        CHECK_THROWS_AS(hr::safetensors_file{folder / "."}, hr::archive_error);
        CHECK_THROWS_AS(hr::safetensors_file{"/dev/null"}, hr::archive_error);
    }
    SUBCASE("files of other writers are read") {
        toy::write_bytes(path, toy::raw_file("{\"b\" : {\"shape\":[1,2], \"dtype\":\"U8\","
                                             "\"data_offsets\":[4,6]},\n\"a\":{\"dtype\":\"F32\","
                                             "\"shape\":[],\"data_offsets\":[0,4]}}   ",
                                             std::string_view{"\0\0\x80\x3F\x07\x08", 6}));
        const hr::safetensors_file file{path};
        REQUIRE(file.tensors().size() == 2);
        CHECK(file.tensors()[0].name == "a");
        CHECK(file.read<float>(file.tensors()[0]) == std::vector{1.0F});
        CHECK(file.read<std::uint8_t>(file.tensors()[1]) == std::vector<std::uint8_t>{7, 8});
        CHECK_THROWS_AS(file.verify_checksum(), hr::archive_error);
    }
    SUBCASE("hostile headers are refused, with tensor and reason") {
        const auto tensor = [](std::string_view type, std::string_view extents,
                               std::string_view places) {
            return std::string{"{\"t\":{\"dtype\":"}.append(type) +
                   ",\"shape\":" + std::string{extents} +
                   ",\"data_offsets\":" + std::string{places} + "}}";
        };
        struct hostile {
            std::string bytes;
            std::string_view reason;
        };
        const std::string two_overlap = R"({"s":{"dtype":"U8","shape":[3],"data_offsets":[0,3]},)"
                                        R"("t":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})";
        const std::string two_apart = R"({"s":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                                      R"("t":{"dtype":"U8","shape":[2],"data_offsets":[2,4]}})";
        const std::string same_place = R"({"s":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                                       R"("t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})";
        const std::string twice = R"({"t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                                  R"("t":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}})";
        for (const hostile& each : std::vector<hostile>{
                 {"", "has 0 bytes"},
                 {"1234567", "has 7 bytes"},
                 {std::string(8, '\xFF'), "claims 18446744073709551615 bytes"},
                 {std::string(8, '\xFF') + "{}", "expected at most 2"},
                 {toy::raw_file(""), "does not start with '{'"},
                 {toy::raw_file(" {}"), "does not start with '{'"},
                 {toy::raw_file("[]"), "does not start with '{'"},
                 {toy::raw_file("{"), "end of the text"},
                 {toy::raw_file("{} x"), "expected the end of the text"},
                 {toy::raw_file("{\"t\":" + std::string(100'000, '[')), "nested more than"},
                 {toy::raw_file("{\"t\":1}"), "tensor \"t\": is an integer"},
                 {toy::raw_file("{\"t\":{}}"), "has no \"dtype\""},
                 {toy::raw_file("{\"__metadata__\":[]}"), "__metadata__ is an array"},
                 {toy::raw_file("{\"__metadata__\":{\"a\":1}}"), "\"a\" is an integer"},
                 {toy::raw_file("{}", "abcd"), "last 4 bytes belong to no tensor"},
                 {toy::raw_file(tensor("1", "[4]", "[0,4]"), "abcd"), "\"dtype\" is an integer"},
                 {toy::raw_file(tensor("\"F16\"", "[2]", "[0,4]"), "abcd"), "\"F16\""},
                 {toy::raw_file(tensor("\"U8\"", "4", "[0,4]"), "abcd"), "\"shape\" is an integer"},
                 {toy::raw_file(tensor("\"U8\"", "[-4]", "[0,4]"), "abcd"), "holds -4"},
                 {toy::raw_file(tensor("\"U8\"", "[4.0]", "[0,4]"), "abcd"), "holds 4.0"},
                 {toy::raw_file(tensor("\"U8\"", "[\"4\"]", "[0,4]"), "abcd"), "holds a text"},
                 {toy::raw_file(tensor("\"U8\"", "[4]", "[0]"), "abcd"), "holds 1 numbers"},
                 {toy::raw_file(tensor("\"U8\"", "[4]", "[0,4,4]"), "abcd"), "holds 3 numbers"},
                 {toy::raw_file(tensor("\"U8\"", "[4]", "[-1,3]"), "abcd"), "holds -1"},
                 {toy::raw_file(tensor("\"U8\"", "[4]", "[4,0]"), "abcd"), "[4, 0)"},
                 {toy::raw_file(tensor("\"U8\"", "[5]", "[0,5]"), "abcd"), "4 bytes of data"},
                 {toy::raw_file(tensor("\"U8\"", "[3]", "[0,3]"), "abcd"), "last 1 bytes"},
                 {toy::raw_file(tensor("\"U8\"", "[3]", "[1,4]"), "abcd"), "1 bytes before"},
                 {toy::raw_file(tensor("\"U8\"", "[3]", "[0,4]"), "abcd"), "needs 3 bytes"},
                 {toy::raw_file(tensor("\"F32\"", "[4]", "[0,4]"), "abcd"), "needs 16 bytes"},
                 {toy::raw_file(tensor("\"U8\"", "[4294967296,4294967296]", "[0,0]")), "too large"},
                 {toy::raw_file(tensor("\"F64\"", "[2305843009213693952]", "[0,0]")), "too large"},
                 {toy::raw_file(tensor("\"U8\"", "[99999999999999999999]", "[0,4]"), "abcd"),
                  "expected integers"},
                 {toy::raw_file(two_overlap, "abcd"), "tensor \"t\": its data overlap"},
                 {toy::raw_file(same_place, "abcd"), "overlap"},
                 {toy::raw_file(two_apart, "abcd"), "tensor \"t\": 1 bytes before"},
                 {toy::raw_file(twice, "abcd"), "\"t\" occurs twice"},
                 {toy::raw_file("{\"t\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],"
                                "\"more\":1}}"),
                  "unknown field \"more\""}}) {
            const std::string message = refusal(path, each.bytes);
            CAPTURE(each.reason);
            CAPTURE(message);
            CHECK(mentions(message, path.string()));
            CHECK(mentions(message, each.reason));
        }
        CHECK(refusal(path, toy::raw_file("{}")).empty());
    }
}
