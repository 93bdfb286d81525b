// SPDX-License-Identifier: MIT
#include <hybrec/io/comparison_json.hpp>

#include <hybrec/io/json.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace hr = hybrec;

namespace {

const hr::json& at(const hr::json& object, const char* name) {
    const hr::json* found = object.find(name);
    REQUIRE(found != nullptr);
    return *found;
}

} // namespace

TEST_CASE("to_json writes a comparison with intervals, and without where there are no users") {
    hr::comparison all{"data \"x\""};
    const std::vector<hr::user_index> users{hr::user_index{0}, hr::user_index{2}};
    all.add({"als",
             "f = 8",
             1.5,
             0.5,
             {users, {{"recall@5", {0.25, 0.25}}, {"coverage@5", {}, 0.5}}, 1, 1}});
    const hr::json value = hr::parse_json(hr::dump(hr::to_json(all)));
    CHECK(at(value, "title").as_string() == "data \"x\"");
    const hr::json& model = at(value, "models").as_array().at(0);
    CHECK(at(model, "name").as_string() == "als");
    CHECK(at(model, "settings").as_string() == "f = 8");
    CHECK(at(model, "fit_seconds").as_real() == 1.5);
    CHECK(at(model, "users").as_integer() == 2);
    CHECK(at(model, "users_without_recommendations").as_integer() == 1);
    CHECK(at(at(at(model, "metrics"), "recall@5"), "mean").as_real() == 0.25);
    CHECK(at(at(at(model, "metrics"), "recall@5"), "low").as_real() == 0.25);
    CHECK(at(at(at(model, "metrics"), "coverage@5"), "mean").as_real() == 0.5);
    CHECK(at(at(at(model, "metrics"), "coverage@5"), "high").is_null());
    CHECK(at(hr::to_json(hr::comparison{"nothing"}), "models").as_array().empty());
}
