// SPDX-License-Identifier: MIT
/// @file
/// Saves what a hybrid or a pipeline has learned, and gives it back to one that is composed alike.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/io/archive.hpp>
#include <hybrec/io/archive_input.hpp>
#include <hybrec/io/archive_output.hpp>
#include <hybrec/retrieval/nested_archive.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/kept_matrix.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

namespace detail {

/// A matrix that a part keeps, as a part of its own.
template <class Row, class Column>
struct matrix_part {
    kept_matrix<Row, Column, float> matrix;

    [[nodiscard]] static std::string type_name() { return "matrix"; }
    void save(archive_writer auto& archive) const {
        if (!matrix)
            return;
        archive.write_integer("rows", static_cast<std::int64_t>(matrix->row_count()));
        archive.write_integer("columns", static_cast<std::int64_t>(matrix->column_count()));
        save_csr(archive, "matrix", *matrix);
    }
    [[nodiscard]] static matrix_part load(archive_reader auto& archive) {
        if (!has_csr(archive, "matrix"))
            return {};
        const std::int64_t rows = archive.read_integer("rows");
        const std::int64_t columns = archive.read_integer("columns");
        if (rows < 0 || columns < 0)
            archive.refuse("rows", "expected numbers of at least 0");
        return {keep_matrix<float>(load_csr<Row, Column, float>(
            archive, "matrix", static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)))};
    }
};

/// What a part is loaded as.
template <class Part>
struct saved_as {
    using type = Part;
};
template <class Row, class Column>
struct saved_as<kept_matrix<Row, Column, float>> {
    using type = matrix_part<Row, Column>;
};

/// Calls `visitor(part, number)` for all that is saved of a model: parts of parts, each object once.
template <class Visitor>
class part_walk {
  public:
    explicit part_walk(const Visitor& visitor) : visitor_{visitor} {}

    template <class Part>
    void operator()(Part& part) {
        using type = std::remove_const_t<Part>;
        if constexpr (made_of_parts<type> && !archivable<type>) {
            type::visit_parts(part, [this](auto& inner) { (*this)(inner); });
        } else {
            static_assert(archivable<typename saved_as<type>::type>,
                          "a part can be neither saved by itself (archivable) nor by its parts "
                          "(made_of_parts)");
            const void* const address = &part;
            if (std::is_empty_v<type> ||
                std::find(seen_.begin(), seen_.end(), address) == seen_.end()) {
                seen_.push_back(address);
                visitor_(part, seen_.size() - 1);
            } // else it is shared with std::ref
        }
    }
    [[nodiscard]] std::size_t count() const noexcept { return seen_.size(); }

  private:
    const Visitor& visitor_;
    aligned_vector<const void*> seen_;
};

/// A part that was loaded and is not yet in its place.
struct loaded_part {
    virtual ~loaded_part() = default;
    virtual void put_in_place() noexcept = 0;
};
template <class Part>
struct loaded_part_of final : loaded_part {
    Part& place;
    Part value;
    loaded_part_of(Part& where, Part loaded) : place{where}, value{std::move(loaded)} {}
    void put_in_place() noexcept override { place = std::move(value); }
};

} // namespace detail

/// Saves all that a hybrid or a pipeline has learned: its models, weights, and the interactions that it
/// keeps; what `std::ref` shares once. Not what is code: gates, policies, rules, rerankers. Those may
/// hold lambdas and live data, so the application composes them anew, and `load_parts` fills them:
///
///     save_parts("engine.safetensors", engine);
///     auto engine = compose();      // as before, models untrained
///     load_parts("engine.safetensors", engine);
///
/// The file is written as by `save`. @throws archive_error naming the path and the reason;
/// not_fitted_error if a part is not trained.
template <made_of_parts Model>
void save_parts(const std::filesystem::path& path, const Model& model) {
    archive_output archive{"parts"};
    const auto save_part = [&]<class Part>(const Part& part, std::size_t number) {
        using saved = typename detail::saved_as<Part>::type;
        nested_archive nested{archive, part_prefix(number)};
        nested.write_text("type", saved::type_name());
        if constexpr (std::is_same_v<saved, Part>)
            part.save(nested);
        else
            saved{part}.save(nested);
    };
    detail::part_walk walk{save_part};
    Model::visit_parts(model, [&](const auto& part) { walk(part); });
    archive.write_integer("parts", static_cast<std::int64_t>(walk.count()));
    archive.write(path);
}

/// Gives a hybrid or a pipeline that is composed as the saved one was what that had learned. Models that
/// are shared must be shared alike, and not const.
///
/// Nothing of the file is trusted, as in `load_model`. If anything is refused, no part has changed.
/// @throws archive_error naming the path and the reason.
template <made_of_parts Model>
void load_parts(const std::filesystem::path& path, Model& model) {
    archive_input archive{path};
    if (archive.model() != "parts")
        archive.file().refuse("holds a model of type " + archive.model() +
                              "; expected the parts of a hybrid");
    std::vector<std::unique_ptr<detail::loaded_part>> loaded;
    const auto load_part = [&]<class Part>(Part& part, std::size_t number) {
        static_assert(!std::is_const_v<Part>,
                      "a part is shared as const (std::cref); load_parts cannot give it anything");
        using saved = typename detail::saved_as<Part>::type;
        nested_archive nested{archive, part_prefix(number)};
        const std::string type = nested.read_text("type");
        if (type != saved::type_name())
            nested.refuse("type", "it is " + type + "; expected " + saved::type_name());
        if constexpr (std::is_same_v<saved, Part>)
            loaded.push_back(
                std::make_unique<detail::loaded_part_of<Part>>(part, Part::load(nested)));
        else
            loaded.push_back(
                std::make_unique<detail::loaded_part_of<Part>>(part, saved::load(nested).matrix));
    };
    detail::part_walk walk{load_part};
    detail::read_state(archive, [&] {
        const std::int64_t count = archive.read_integer("parts");
        Model::visit_parts(model, [&](auto& part) { walk(part); });
        if (static_cast<std::int64_t>(walk.count()) != count)
            archive.refuse("parts", "there are " + std::to_string(count) +
                                        "; the model that asks has " +
                                        std::to_string(walk.count()));
    });
    archive.refuse_unread();
    for (const auto& part : loaded)
        part->put_in_place();
}

} // namespace hybrec
