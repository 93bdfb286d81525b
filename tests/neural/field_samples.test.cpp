// SPDX-License-Identifier: MIT
#include <hybrec/neural/field_samples.hpp>

#include <doctest/doctest.h>

using namespace hybrec;
using categories = std::vector<std::uint32_t>;

TEST_CASE("neural::field_samples hold a category per field") {
    neural::field_samples samples{{3, 5}};
    samples.add(categories{2, 0}, 1.0F);
    samples.add(categories{0, 4}, 0.25F);
    CHECK(samples.size() == 2);
    CHECK(samples.category(0, 0) == 2);
    CHECK(samples.category(1, 1) == 4);
    CHECK(samples.label(1) == 0.25F);
    const auto before = samples.fingerprint();
    samples.add(categories{0, 4}, 0.25F);
    CHECK(samples.fingerprint() != before);
}

TEST_CASE("neural::field_samples refuse what does not fit") {
    neural::field_samples samples{{3, 5}};
    CHECK_THROWS_WITH_AS(samples.add(categories{3, 0}, 1.0F),
                         "field_samples: field 0 has no category 3; there are 3", shape_error);
    CHECK_THROWS_AS(samples.add(categories{1}, 1.0F), shape_error);
    CHECK_THROWS_AS(samples.add(categories{1, 1}, 1.5F), data_error);
    CHECK(samples.size() == 0);
}
