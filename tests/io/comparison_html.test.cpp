// SPDX-License-Identifier: MIT
#include <hybrec/io/comparison_html.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace hr = hybrec;

namespace {

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++found;
    return found;
}

/// Whether every element is closed in the order in which it was opened.
bool well_formed(const std::string& page) {
    std::vector<std::string> open;
    for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
        const std::size_t end = page.find('>', at);
        if (end == std::string::npos)
            return false;
        const std::string tag = page.substr(at + 1, end - at - 1);
        const std::string name =
            tag.substr(tag[0] == '/' ? 1 : 0, tag.find_first_of(" /", 1) - (tag[0] == '/' ? 1 : 0));
        if (tag[0] == '!' || tag.back() == '/' || name == "meta")
            continue;
        if (tag[0] != '/') {
            open.push_back(name);
        } else {
            if (open.empty() || open.back() != tag.substr(1))
                return false;
            open.pop_back();
        }
    }
    return open.empty();
}

hr::comparison example(double fit_seconds) {
    hr::comparison all{"data <&> more"};
    const std::vector<hr::user_index> users{hr::user_index{0}, hr::user_index{2}};
    for (const char* name : {"als", "<script>alert(1)</script>"})
        all.add({name,
                 "f = \"8\"",
                 fit_seconds,
                 0.5,
                 {users,
                  {{"recall@5", {0.25, name[0] == 'a' ? 0.5 : 0.125}},
                   {"popularity_bias@5", {0.1, 0.3}},
                   {"auc",
                    {std::numeric_limits<double>::quiet_NaN(),
                     std::numeric_limits<double>::quiet_NaN()}}},
                  0,
                  0}});
    return all;
}

} // namespace

TEST_CASE("to_html writes a page that needs nothing else and takes no text for markup") {
    for (const double fit_seconds : {2.0, 0.0}) {
        const std::string page = hr::to_html(example(fit_seconds));
        CHECK(well_formed(page));
        CHECK(page.find("<script") == std::string::npos);
        CHECK(page.find("&lt;script&gt;") != std::string::npos);
        CHECK(page.find("<h1>data &lt;&amp;&gt; more</h1>") != std::string::npos);
        CHECK(page.find("http") == std::string::npos);
        CHECK(count(page, "<svg") == 5);  // three metrics, against time, against popularity
        CHECK(count(page, "<rect") == 4); // nothing to draw for NaN
        CHECK(count(page, "<circle") == 4);
        CHECK(page.find("<td>0.3750</td>") != std::string::npos);
        // The axis of time is logarithmic where it can be.
        CHECK((page.find("(logarithmic)") != std::string::npos) == (fit_seconds > 0));
    }
    CHECK(well_formed(hr::to_html(hr::comparison{"nothing"})));
}
