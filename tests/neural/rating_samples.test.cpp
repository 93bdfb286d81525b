// SPDX-License-Identifier: MIT
#include <hybrec/neural/rating_samples.hpp>

#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <set>
#include <vector>

using namespace hybrec;
using neural::label_range;
using neural::rating_samples;

namespace {

/// User 0 has items 0 and 2, user 1 has items 1, 2, 3 and 4, user 2 nothing; nobody has item 5.
user_items ratings() {
    coo_matrix<user_index, item_index, float> entries;
    entries.add(user_index{0}, item_index{0}, 1.0F);
    entries.add(user_index{0}, item_index{2}, 5.0F);
    for (const unsigned item : {1u, 2u, 3u, 4u})
        entries.add(user_index{1}, item_index{item}, 3.0F);
    return build_csr<user_index, item_index, float>(entries, {.row_count = 3, .column_count = 6});
}

} // namespace

TEST_CASE("neural::label_range scales to [0, 1] and back") {
    const label_range range{1, 5};
    CHECK(range.label(1) == 0);
    CHECK(range.label(4) == 0.75F);
    CHECK(range.label(7) == 1);
    CHECK(range.label(-7) == 0);
    CHECK(range.value(0.75F) == 4);
    CHECK(label_range{2, 2}.label(2) == 1); // constant data: everything is liked
}

TEST_CASE("neural::rating_samples are the entries in their order") {
    const user_items matrix = ratings();
    const rating_samples samples{matrix.view(), {1, 5}};
    REQUIRE(samples.size() == 6);
    CHECK(samples.at(1, 0).user == 0);
    CHECK(samples.at(1, 0).item == 2);
    CHECK(samples.at(1, 0).label == 1);
    CHECK(samples.at(2, 7).user == 1);
    CHECK(samples.at(2, 7).item == 1);
    CHECK(samples.at(2, 7).label == 0.5F);
}

TEST_CASE("neural::rating_samples draw negatives that the user does not have, anew every epoch") {
    const user_items matrix = ratings();
    const rating_samples samples{matrix.view(), {1, 5}, 3, 42};
    REQUIRE(samples.size() == 24);
    std::set<std::uint32_t> of_user_0;
    bool differs = false;
    for (std::size_t epoch = 0; epoch < 20; ++epoch)
        for (std::size_t at = 6; at < 24; ++at) {
            const auto sample = samples.at(at, epoch);
            CHECK(sample.user == samples.at((at - 6) / 3, 0).user);
            CHECK(sample.label == 0);
            CHECK(sample.item != 5); // has no entries: it would only ever be a negative
            if (sample.user == 0)
                of_user_0.insert(sample.item);
            else
                CHECK(sample.item == 0); // all that is left for user 1
            differs |= sample.item != samples.at(at, 0).item;
            CHECK(sample.item == rating_samples{matrix.view(), {1, 5}, 3, 42}.at(at, epoch).item);
        }
    CHECK(of_user_0 == std::set<std::uint32_t>{1, 3, 4});
    CHECK(differs);
}

TEST_CASE("neural::rating_samples draw no negative that is an entry of others") {
    const user_items matrix = ratings();
    coo_matrix<user_index, item_index, float> entries;
    entries.add(user_index{0}, item_index{1}, 1.0F);
    entries.add(user_index{1}, item_index{0}, 1.0F);
    entries.add(user_index{1}, item_index{3}, 1.0F);
    const user_items other =
        build_csr<user_index, item_index, float>(entries, {.row_count = 3, .column_count = 6});
    const rating_samples known{other.view(), {1, 5}, 1};
    const rating_samples samples{matrix.view(), {1, 5}, 2, 42, &known};
    for (std::size_t epoch = 0; epoch < 20; ++epoch)
        for (std::size_t at = 6; at < 10; ++at) {
            const auto item = samples.at(at, epoch).item;
            CHECK((item == 3 || item == 4));
        }
}

TEST_CASE("neural::rating_samples have a fingerprint") {
    const user_items matrix = ratings();
    const auto print = rating_samples{matrix.view(), {1, 5}}.fingerprint();
    CHECK(print == rating_samples{matrix.view(), {1, 5}}.fingerprint());
    CHECK(print != rating_samples{matrix.view(), {1, 6}}.fingerprint());
    CHECK(print != rating_samples{matrix.view(), {1, 5}, 1}.fingerprint());
    CHECK(print != rating_samples{matrix.view(), {1, 5}, 0, 9}.fingerprint());
}
