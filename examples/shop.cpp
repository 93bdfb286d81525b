// SPDX-License-Identifier: MIT
/// @file
/// A shop's recommendations: several models propose, a learned blend ranks, a reranker diversifies, rules
/// have the last word, and a service answers.
#include <hybrec/hybrec.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

namespace hr = hybrec;
using namespace std::chrono_literals;

namespace {

/// What the shop knows about the moment. It is part of the key under which answers are kept.
struct visit {
    std::string country;
    [[nodiscard]] const std::string& cache_key() const noexcept { return country; }
};

void show(const hr::dataset& shop, const std::string& who, const hr::answer& answer) {
    std::cout << who << ":" << (answer.from_cache ? " (kept)" : "")
              << (answer.from_fallback ? " (fallback)" : "") << '\n';
    for (const auto [item, score] : answer.items)
        std::cout << "  " << shop.title(item) << '\n';
    for (const auto& [stage, time] : answer.stages)
        std::cerr << "    " << stage << ' '
                  << std::chrono::duration_cast<std::chrono::microseconds>(time).count() << " µs\n";
}

} // namespace

int main() {
    // The shop: a log of purchases, and what is known about the goods.
    const hr::synthetic_catalogue shop = hr::make_synthetic_catalogue();
    const std::size_t items = shop.log.matrix.column_count();
    const auto [rest, test] = hr::split_random(shop.log);
    const auto [train, validation] = hr::split_random(rest, {.test_fraction = 0.1, .seed = 1});

    hr::item_feature_builder builder{items};
    builder.add_categories("category", shop.categories);
    builder.add_text("title", shop.titles);
    const hr::item_features described = builder.matrix();
    std::vector<std::size_t> category;
    std::vector<int> stock;
    std::vector<std::vector<std::string>> countries;
    for (std::size_t item = 0; item < items; ++item) {
        category.push_back(shop.item_genres[item].front());
        stock.push_back(item % 7 == 0 ? 0 : 12);
        countries.push_back(item % 5 == 0 ? std::vector<std::string>{"SE"}
                                          : std::vector<std::string>{"SE", "DE"});
    }

    // Models, shared by the stages that ask them.
    hr::implicit_als als{{.factors = 32, .regularization = 1.0F}};
    hr::item_knn<> item_knn{{.neighbors = 50}};
    hr::content_based content{described};
    hr::popularity popular;

    auto ranked =
        hr::candidates(hr::from(std::ref(als), 300), hr::from(std::ref(item_knn), 150),
                       hr::from(std::ref(popular), 50)) |
        hr::rank(hr::stacking{hr::ridge{}, std::ref(als), std::ref(item_knn), std::ref(content)}) |
        hr::rerank(hr::mmr{std::cref(described), {.diversity = 0.3F}}, 50);
    ranked.fit(train, validation);

    // Rules are not judged by past purchases: they are law.
    const auto engine =
        ranked | hr::enforce(hr::in_stock{std::cref(stock)},
                             hr::allowed_regions{std::cref(countries), &visit::country},
                             hr::at_most{2}.per(std::cref(category)));

    const auto report = hr::evaluate(ranked, train, test, hr::ndcg{10}, hr::coverage{10});
    const auto popular_report = hr::evaluate(popular, train, test, hr::ndcg{10}, hr::coverage{10});
    std::cout << "ndcg@10 " << report.mean("ndcg@10") << ", popularity "
              << popular_report.mean("ndcg@10") << '\n'
              << "coverage@10 " << report.mean("coverage@10") << ", popularity "
              << popular_report.mean("coverage@10") << '\n';

    hr::service service{std::cref(engine),
                        hr::service_options<visit>{.cache_size = 10'000, .time_to_live = 5min},
                        hr::popularity_fallback{std::ref(popular)}};

    const hr::request<visit> regular{hr::user_index{3}, {"DE"}};
    const auto answer = service.recommend(regular, 10);
    show(shop, "a regular customer in Germany", answer);
    show(shop, "the same, a moment later", service.recommend(regular, 10));

    const std::vector<hr::weighted_item> basket{{hr::item_index{1}, 1.0F},
                                                {hr::item_index{2}, 1.0F}};
    show(shop, "a visitor with a basket", service.recommend({basket, {"SE"}}, 5));
    show(shop, "a visitor without",
         service.recommend({std::span<const hr::weighted_item>{}, {"SE"}}, 5));

    // The rules hold for whatever is shown.
    std::vector<std::size_t> shown(shop.genres.size());
    for (const auto [item, score] : answer.items)
        if (stock[item.value()] == 0 || item.value() % 5 == 0 ||
            ++shown[category[item.value()]] > 2)
            return 1;
    const auto cache = service.cache();
    std::cout << "cache: " << cache.hits << " hits, " << cache.misses << " misses\n";
    return answer.items.empty() ? 1 : 0;
}
