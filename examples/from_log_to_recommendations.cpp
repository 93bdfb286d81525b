// SPDX-License-Identifier: MIT
/// @file
/// From a log of purchases to recommendations in twenty lines. Usage: PROGRAM [purchases.csv]
///
/// The file has columns user_id, item_id and quantity; without one, a small invented log is used.
#include "program.hpp"

#include <hybrec/hybrec.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace hr = hybrec;

namespace {

/// Writes an invented log, so that the example runs without data.
void write_demo_log(const std::string& path) {
    const auto shop = hr::make_synthetic_catalogue({.users = 300, .items = 120});
    std::ofstream file{path};
    file << "user_id,item_id,quantity\n";
    for (const hr::interaction& event : shop.log.events)
        file << shop.log.users[event.user] << ',' << shop.log.items[event.item] << ','
             << event.weight << '\n';
}

void run(const std::string& purchases, const std::string& archive) {
    auto log = hr::read_interactions(purchases,
                                     {.user = "user_id", .item = "item_id", .weight = "quantity"});

    hr::implicit_als model{{.factors = 64, .regularization = 30, .iterations = 15, .seed = 42}};
    model.fit(hr::bm25{.k1 = 100, .b = 0.8f}(log.matrix), hr::progress_bar{});

    hr::save(archive, model, log.users, log.items); // model + both id maps, one file

    const hr::user_index user{0};
    std::cout << "for " << log.users[user] << ":\n";
    for (auto [item, score] : model.recommend(user, 5, hr::unseen_by_user(log.matrix)))
        std::cout << "  " << log.items[item] << "  " << score << '\n';
    const hr::item_index item = log.matrix.row(user).columns().front();
    std::cout << "like " << log.items[item] << ":\n";
    for (auto [similar, score] : model.similar_items(item, 3))
        std::cout << "  " << log.items[similar] << "  " << score << '\n';
    std::cout << "users like " << log.users[user] << ":\n";
    for (auto [similar, score] : model.similar_users(user, 3))
        std::cout << "  " << log.users[similar] << "  " << score << '\n';

    const std::vector basket{item, log.matrix.row(user).columns().back()};
    auto visitor = model.fold_in(basket); // a user the model never saw
    auto top = model.recommend(visitor, 5, hr::excluding(basket));
    std::cout << "for a visitor with " << basket.size() << " items in the basket:\n";
    for (auto [recommended, score] : top)
        std::cout << "  " << log.items[recommended] << "  " << score << '\n';

    auto why = model.explain(user, top.front().index); // parts of the history that sum to the score
    std::cout << "why " << log.items[top.front().index] << " scores " << why.score << ": "
              << log.items[why.parts.front().index] << " adds " << why.parts.front().score << '\n';

    auto [loaded, users, items] = hr::load<hr::implicit_als<>>(archive);
    std::cout << (loaded == model && users == log.users && items == log.items
                      ? "the reloaded model is the same\n"
                      : "the reloaded model differs\n");
}

} // namespace

int main(int argc, char** argv) {
    try {
        const scratch_file demo_log{"purchases.csv"};
        const scratch_file archive{"demo.safetensors"};
        if (argc <= 1)
            write_demo_log(demo_log.path());
        run(argc > 1 ? argv[1] : demo_log.path(), archive.path());
    } catch (const std::exception& problem) {
        std::cerr << problem.what() << '\n';
        return 1;
    }
}
