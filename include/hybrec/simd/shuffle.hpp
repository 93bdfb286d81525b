// SPDX-License-Identifier: MIT
/// @file
/// Moves values between registers: transposes a square block, and sums several registers at once.
#pragma once

#include <hybrec/simd/batch.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace hybrec::simd {

namespace detail {

// xsimd's zips work within 128-bit lanes, differently for each instruction set and version, so the
// compilers' own shuffle is used: GCC 12 and clang share it.

/// The values at `Index…` of `left` followed by `right`.
template <class T, class Arch, std::size_t... Index>
[[nodiscard]] inline batch<T, Arch> pick(const batch<T, Arch>& left,
                                         const batch<T, Arch>& right) noexcept {
    using native = typename batch<T, Arch>::register_type;
    return batch<T, Arch>(__builtin_shufflevector(
        static_cast<native>(left), static_cast<native>(right), static_cast<int>(Index)...));
}

template <class T, class Arch, std::size_t... At>
[[nodiscard]] inline batch<T, Arch> interleave_low(const batch<T, Arch>& left,
                                                   const batch<T, Arch>& right,
                                                   std::index_sequence<At...>) noexcept {
    return pick<T, Arch, (At / 2 + (At % 2) * sizeof...(At))...>(left, right);
}
template <class T, class Arch, std::size_t... At>
[[nodiscard]] inline batch<T, Arch> interleave_high(const batch<T, Arch>& left,
                                                    const batch<T, Arch>& right,
                                                    std::index_sequence<At...>) noexcept {
    constexpr std::size_t half = sizeof...(At) / 2;
    return pick<T, Arch, (half + At / 2 + (At % 2) * sizeof...(At))...>(left, right);
}
/// How many values a 128-bit lane holds. Shuffles within lanes, or of whole lanes, are the cheapest.
template <class T, class Arch>
inline constexpr std::size_t lane = std::min<std::size_t>(16 / sizeof(T), width<T, Arch>);

/// Adds neighbours: values 2i and 2i + 1 of each lane, those of `left` before those of `right`.
template <class T, class Arch, std::size_t... At>
[[nodiscard]] inline batch<T, Arch> add_values(const batch<T, Arch>& left,
                                               const batch<T, Arch>& right,
                                               std::index_sequence<At...>) noexcept {
    constexpr std::size_t size = lane<T, Arch>;
    constexpr auto even = [](std::size_t at) {
        const std::size_t within = at % size;
        const std::size_t begin = at - within;
        return within < size / 2 ? begin + 2 * within
                                 : sizeof...(At) + begin + 2 * (within - size / 2);
    };
    return pick<T, Arch, even(At)...>(left, right) + pick<T, Arch, even(At) + 1 ...>(left, right);
}
/// Adds neighbouring lanes 2i and 2i + 1, those of `left` before those of `right`.
template <class T, class Arch, std::size_t... At>
[[nodiscard]] inline batch<T, Arch> add_lanes(const batch<T, Arch>& left,
                                              const batch<T, Arch>& right,
                                              std::index_sequence<At...>) noexcept {
    constexpr std::size_t size = lane<T, Arch>;
    constexpr std::size_t half = sizeof...(At) / 2;
    constexpr auto even = [](std::size_t at) {
        const std::size_t within = at % half;
        return (at < half ? 0 : sizeof...(At)) + 2 * (within - within % size) + within % size;
    };
    return pick<T, Arch, even(At)...>(left, right) + pick<T, Arch, even(At) + size...>(left, right);
}

/// Perfect shuffles of the addresses: one of them rotates the bits of (row, column) by one place.
template <class T, class Arch, std::size_t Width, std::size_t... At>
inline void shuffle_once(std::array<batch<T, Arch>, Width>& rows,
                         std::index_sequence<At...>) noexcept {
    using lanes = std::make_index_sequence<Width>;
    const std::array<batch<T, Arch>, Width> next{
        (At % 2 == 0
             ? interleave_low<T, Arch>(rows[At / 2], rows[At / 2 + Width / 2], lanes{})
             : interleave_high<T, Arch>(rows[At / 2], rows[At / 2 + Width / 2], lanes{}))...};
    rows = next;
}

template <class T, class Arch, std::size_t Count, std::size_t... At>
[[nodiscard]] inline batch<T, Arch> sum_each(const std::array<batch<T, Arch>, Count>& rows,
                                             std::index_sequence<At...>) noexcept {
    constexpr std::size_t size = width<T, Arch>;
    if constexpr (Count == 1) {
        return rows[0];
    } else {
        using values = std::make_index_sequence<size>;
        std::array<batch<T, Arch>, Count / 2> half;
        // First what is within a lane is added up, then the lanes.
        if constexpr (size / Count < lane<T, Arch>)
            half = {add_values<T, Arch>(rows[2 * At], rows[2 * At + 1], values{})...};
        else
            half = {add_lanes<T, Arch>(rows[2 * At], rows[2 * At + 1], values{})...};
        return sum_each<T, Arch, Count / 2>(half, std::make_index_sequence<Count / 4>{});
    }
}

template <std::size_t Value, class T, class Arch, std::size_t... At>
[[nodiscard]] inline batch<T, Arch> spread_in_lanes(const batch<T, Arch>& values,
                                                    std::index_sequence<At...>) noexcept {
    return pick<T, Arch, (At - At % lane<T, Arch> + Value)...>(values, values);
}
/// Lane i + `By` in the place of lane i.
template <std::size_t By, class T, class Arch, std::size_t... At>
[[nodiscard]] inline batch<T, Arch> turn_lanes(const batch<T, Arch>& values,
                                               std::index_sequence<At...>) noexcept {
    return pick<T, Arch, (At + By * lane<T, Arch>) % sizeof...(At)...>(values, values);
}

/// Pairs of values of each lane, or pairs of pairs: those of `left` and of `right` in turn, beginning in the
/// lower or the upper half of the lane.
template <std::size_t Size, bool Upper, class T, class Arch, std::size_t... At>
[[nodiscard]] inline batch<T, Arch> zip_lanes(const batch<T, Arch>& left,
                                              const batch<T, Arch>& right,
                                              std::index_sequence<At...>) noexcept {
    constexpr std::size_t size = lane<T, Arch>;
    constexpr auto from = [](std::size_t at) {
        const std::size_t within = at % size, group = within / Size;
        return at - within + (Upper ? size / 2 : 0) + group / 2 * Size + within % Size +
               group % 2 * sizeof...(At);
    };
    return pick<T, Arch, from(At)...>(left, right);
}

} // namespace detail

/// Transposes the 4 × 4 values of each lane of 128 bits: value i of a lane of rows[j] becomes value j of that
/// lane of rows[i].
template <class Arch>
[[nodiscard]] inline std::array<batch<float, Arch>, 4>
transpose_lanes(const batch<float, Arch>& first, const batch<float, Arch>& second,
                const batch<float, Arch>& third, const batch<float, Arch>& fourth) noexcept {
    constexpr auto all = std::make_index_sequence<width<float, Arch>>{};
    const auto low12 = detail::zip_lanes<1, false>(first, second, all);
    const auto low34 = detail::zip_lanes<1, false>(third, fourth, all);
    const auto high12 = detail::zip_lanes<1, true>(first, second, all);
    const auto high34 = detail::zip_lanes<1, true>(third, fourth, all);
    return {detail::zip_lanes<2, false>(low12, low34, all),
            detail::zip_lanes<2, true>(low12, low34, all),
            detail::zip_lanes<2, false>(high12, high34, all),
            detail::zip_lanes<2, true>(high12, high34, all)};
}

/// The values from `from` on in every lane of 128 bits. @pre `from` is aligned to 16 bytes.
template <class T, class Arch = default_arch>
[[nodiscard]] inline batch<T, Arch> load_lanes(const T* from) noexcept {
    // GCC 12 takes a way through memory for a shuffle to more values.
    using native = typename batch<T, Arch>::register_type;
#if defined(__AVX512F__)
    if constexpr (sizeof(native) == 64)
        return (native)_mm512_maskz_broadcast_i32x4( // GCC 12 warns of the one without a mask
            0xFFFF, _mm_load_si128(reinterpret_cast<const __m128i*>(from)));
#endif
#if defined(__AVX__)
    if constexpr (sizeof(native) == 32)
        return (native)_mm256_broadcast_ps(reinterpret_cast<const __m128*>(from));
#endif
    static_assert(sizeof(native) >= 16);
    if constexpr (sizeof(native) == 16)
        return load<T, Arch>(from);
}

/// Value `At` of each lane, everywhere in it.
template <std::size_t At, class T, class Arch>
[[nodiscard]] inline batch<T, Arch> spread(const batch<T, Arch>& values) noexcept {
    return detail::spread_in_lanes<At, T, Arch>(values, std::make_index_sequence<width<T, Arch>>{});
}

/// In every lane of 128 bits, the sums of as many registers as it has values.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> lane_sums(const batch<T, Arch>* rows) noexcept {
    constexpr std::size_t size = detail::lane<T, Arch>;
    constexpr auto all = std::make_index_sequence<width<T, Arch>>{};
    auto sums = detail::add_values<T, Arch>(rows[0], rows[1], all);
    if constexpr (size == 4)
        sums = detail::add_values<T, Arch>(sums, detail::add_values<T, Arch>(rows[2], rows[3], all),
                                           all);
    if constexpr (width<T, Arch> >= 4 * size)
        sums += detail::turn_lanes<2, T, Arch>(sums, all);
    if constexpr (width<T, Arch> >= 2 * size)
        sums += detail::turn_lanes<1, T, Arch>(sums, all);
    return sums;
}

/// As many registers as a register has values: a square block.
template <class T, class Arch = default_arch>
using square = std::array<batch<T, Arch>, width<T, Arch>>;

/// rows[i][j] becomes rows[j][i]. log₂(width) rounds of `width` shuffles.
template <class T, class Arch>
inline void transpose(square<T, Arch>& rows) noexcept {
    constexpr std::size_t size = width<T, Arch>;
    for (std::size_t round = 1; round < size; round *= 2)
        detail::shuffle_once<T, Arch, size>(rows, std::make_index_sequence<size>{});
}

/// A register whose value at i is the sum of rows[i].
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> sums(const square<T, Arch>& rows) noexcept {
    constexpr std::size_t size = width<T, Arch>;
    return detail::sum_each<T, Arch, size>(rows, std::make_index_sequence<size / 2>{});
}

} // namespace hybrec::simd
