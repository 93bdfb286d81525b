// SPDX-License-Identifier: MIT
/// @file
/// Adds to a combined score for every component that proposed the item.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>

#include <bit>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace hybrec {

/// `source_boost{weighted_sum<min_max>{{1, 1}}, 0.1F}`: the combined score + 0.1·|K(i)|, where K(i) are
/// the components that scored item i. Items that many generators propose come first.
template <class Combiner>
class source_boost : public Combiner {
  public:
    using workspace = typename Combiner::workspace;
    /// What is added has no scale but that of preferences.
    static constexpr score_kind kind = score_kind::preference;

    /// @throws option_error unless `boost` is finite.
    explicit source_boost(Combiner combiner, float boost = 0.1F)
        : Combiner{std::move(combiner)}, boost_{boost} {
        require_option(std::isfinite(boost), "source_boost", "boost", static_cast<double>(boost),
                       "a finite number");
    }

    [[nodiscard]] float boost() const noexcept { return boost_; }
    [[nodiscard]] const Combiner& base() const noexcept { return *this; }

    /// See `combiner`.
    template <class Request>
    requires combiner<Combiner, Request>
    void combine(const Request& who, score_table& table, std::span<float> out,
                 workspace& memory) const {
        base().combine(who, table, out, memory);
        for (std::size_t row = 0; row < out.size(); ++row)
            out[row] += boost_ * static_cast<float>(std::popcount(table.sources()[row]));
    }

    [[nodiscard]] static std::string type_name() requires archivable<Combiner> {
        return "source_boost<" + Combiner::type_name() + ">";
    }
    void save(archive_writer auto& archive) const requires archivable<Combiner> {
        base().save(archive);
        archive.write_real("boost", static_cast<double>(boost_));
    }
    [[nodiscard]] static source_boost
    load(archive_reader auto& archive) requires archivable<Combiner> {
        const double boost = archive.read_real("boost");
        if (!std::isfinite(boost))
            archive.refuse("boost", "it is not finite");
        return source_boost{Combiner::load(archive), static_cast<float>(boost)};
    }
    friend bool operator==(const source_boost&, const source_boost&) = default;

  private:
    float boost_;
};

} // namespace hybrec
