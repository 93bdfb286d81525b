// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/comparison.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

namespace hr = hybrec;

namespace {

hr::compared_model make(std::string name, std::vector<double> values,
                        const char* metric = "recall@5") {
    std::vector<hr::user_index> users(values.size());
    for (std::size_t user = 0; user < users.size(); ++user)
        users[user] = hr::user_index(user);
    return {std::move(name), "k = 5", 1.5, 0.25, {users, {{metric, std::move(values)}}, 1, 0}};
}

} // namespace

TEST_CASE("comparison puts models side by side that were evaluated alike") {
    hr::comparison all{"a title"};
    CHECK_THROWS_AS((void)all.best("recall@5"), hr::option_error);
    all.add(make("popularity", {0.25, 0.75}));
    all.add(make("als", {0.5, 1}));
    all.add(make("another", {1, 0.5}));
    CHECK(all.title() == "a title");
    CHECK(all.models().size() == 3);
    CHECK(all.best("recall@5").name == "als");
    CHECK_THROWS_AS((void)all.best("ndcg@5"), hr::option_error);
    CHECK_THROWS_WITH_AS(all.add(make("als", {0, 0})), doctest::Contains("als"), hr::option_error);
    CHECK_THROWS_AS(all.add(make("fewer users", {0})), hr::shape_error);
    CHECK_THROWS_AS(all.add(make("other metric", {0, 0}, "ndcg@5")), hr::shape_error);
    std::ostringstream text;
    text << all;
    CHECK(text.str() == "a title\n"
                        "model       recall@5    fit  evaluate\n"
                        "popularity    0.5000  1.5 s    0.25 s\n"
                        "als           0.7500  1.5 s    0.25 s\n"
                        "another       0.7500  1.5 s    0.25 s\n"
                        "popularity: k = 5\nals: k = 5\nanother: k = 5\n");
}
