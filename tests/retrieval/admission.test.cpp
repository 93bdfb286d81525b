// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/admission.hpp>

#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace hybrec;

static_assert(admission<index_admission<unfiltered, item_index>, item_index>);

namespace {

template <class Index, class Admission>
std::vector<Index> denied_by(const Admission& admission) {
    std::vector<Index> all;
    admission.visit_denied([&](std::span<const Index> list) {
        CHECK(std::is_sorted(list.begin(), list.end()));
        all.insert(all.end(), list.begin(), list.end());
    });
    return all;
}

/// `admits` is what the lists and the rest say together.
template <class Index, class Admission>
void check_consistent(const Admission& admission) {
    const auto denied = denied_by<Index>(admission);
    for (std::uint32_t value = 0; value < 12; ++value) {
        const bool listed = std::find(denied.begin(), denied.end(), Index{value}) != denied.end();
        CHECK(admission.admits(Index{value}) ==
              (!listed && admission.admits_unlisted(Index{value})));
    }
}

using item_list = std::vector<item_index>;

} // namespace

static_assert(!admission<unfiltered, item_index>, "a filter is not an admission yet");

TEST_CASE("admissions take filters apart into lists and questions") {
    const auto matrix = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{2}, 1.0F},
                                                            {user_index{0}, item_index{7}, 1.0F},
                                                            {user_index{1}, item_index{0}, 1.0F}});
    const unseen_by_user unseen{matrix};
    const excluding list{item_index{5}, item_index{3}};
    const where even{[](item_index item) { return item.value() % 2 == 0; }};
    const where own{[](user_index user, item_index item) { return user.value() != item.value(); }};

    SUBCASE("of a user") {
        const auto check = [](const auto& filter, const item_list& lists) {
            const user_admission<std::remove_cvref_t<decltype(filter)>> admission{filter,
                                                                                  user_index{0}};
            CHECK(denied_by<item_index>(admission) == lists);
            bool says_no = false;
            for (std::uint32_t value = 0; value < 12; ++value)
                says_no = says_no || !admission.admits_unlisted(item_index{value});
            CHECK(admission.asks() == says_no);
            check_consistent<item_index>(admission);
        };
        check(unfiltered{}, {});
        check(unseen, {item_index{2}, item_index{7}});
        check(list, {item_index{3}, item_index{5}});
        check(own, {});
        check(allowing{item_index{2}}, {});
        check(unseen & list, {item_index{2}, item_index{7}, item_index{3}, item_index{5}});
        check(list & even, {item_index{3}, item_index{5}});
        check(own & (even & unseen), {item_index{2}, item_index{7}});
    }
    SUBCASE("lists are not asked about again") {
        const user_admission<unseen_by_user<float>> admission{unseen, user_index{0}};
        CHECK(admission.admits_unlisted(item_index{2}));
        CHECK_FALSE(admission.admits(item_index{2}));
        const user_admission<unseen_by_user<float>> stranger{unseen, user_index{9}};
        CHECK(denied_by<item_index>(stranger).empty());
        CHECK(stranger.admits(item_index{2}));
    }
    SUBCASE("of nobody") {
        const auto joined = list & even;
        const index_admission<std::remove_cvref_t<decltype(joined)>, item_index> admission{joined};
        CHECK(denied_by<item_index>(admission) == item_list{item_index{3}, item_index{5}});
        check_consistent<item_index>(admission);
        const excluding users{user_index{4}};
        const index_admission<excluding<user_index>, user_index> of_users{users};
        CHECK(denied_by<user_index>(of_users) == std::vector{user_index{4}});
        check_consistent<user_index>(of_users);
    }
    SUBCASE("of others") {
        const others_admission<index_admission<excluding<>, item_index>, item_index> admission{
            {list}, item_index{1}};
        CHECK(denied_by<item_index>(admission) ==
              item_list{item_index{1}, item_index{3}, item_index{5}});
        check_consistent<item_index>(admission);
    }
}
