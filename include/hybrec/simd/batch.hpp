// SPDX-License-Identifier: MIT
/// @file
/// The bridge to xsimd: the only header that knows its versions.
///
/// Every function whose code depends on the instruction set takes the architecture as a template
/// argument, so that translation units compiled with different flags do not share one version.
#pragma once

#include <hybrec/core/buffer.hpp>

#include <cstddef>

#include <xsimd/xsimd.hpp>

namespace hybrec::simd {

/// The best instruction set that the compiler was given.
using default_arch = xsimd::default_arch;

template <class T, class Arch = default_arch>
using batch = xsimd::batch<T, Arch>;

/// How many values one register holds.
template <class T, class Arch = default_arch>
inline constexpr std::size_t width = batch<T, Arch>::size;

/// How many values fill the 64-byte unit in which tables are padded; a multiple of `width`.
template <class T>
inline constexpr std::size_t line = table_alignment / sizeof(T);

/// A register that holds `value` everywhere. (Braces would choose a list of values in xsimd 8.)
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> broadcast(T value) noexcept {
    return batch<T, Arch>(value);
}

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12's own AVX-512 header trips this warning wherever it is inlined (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

/// The sum of a register's values.
template <class T, class Arch>
[[nodiscard]] inline T sum(const batch<T, Arch>& values) noexcept {
#if XSIMD_VERSION_MAJOR >= 9
    return xsimd::reduce_add(values);
#else
    return xsimd::hadd(values);
#endif
}

/// The square root of each value.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> square_root(const batch<T, Arch>& values) noexcept {
    return xsimd::sqrt(values);
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> load(const T* from) noexcept {
    return batch<T, Arch>::load_aligned(from);
}

template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> load_unaligned(const T* from) noexcept {
    return batch<T, Arch>::load_unaligned(from);
}

/// Asks for `size` values from `from` to be brought into the second-level cache.
template <class T>
inline void prefetch(const T* from, std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += line<T>)
        __builtin_prefetch(from + at, 0, 2);
}

} // namespace hybrec::simd
