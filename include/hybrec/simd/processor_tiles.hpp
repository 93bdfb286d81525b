// SPDX-License-Identifier: MIT
/// @file
/// The processor's own tiles (AMX): registers of 16 rows of 64 bytes, and products of them. Also whether the
/// compiler may use instructions that multiply pairs of bfloat16 (AVX512_BF16).
#pragma once

#include <cstdint>

#if defined(__AMX_INT8__) && defined(__AMX_BF16__) && defined(__linux__) && defined(__x86_64__)
#define HYBREC_PROCESSOR_TILES 1
#define HYBREC_BFLOAT16_PAIRS 1
#define HYBREC_TILES_NAMESPACE with_processor_tiles
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#elif defined(__AVX512BF16__) && defined(__AVX512VL__)
#define HYBREC_PROCESSOR_TILES 0
#define HYBREC_BFLOAT16_PAIRS 1
#define HYBREC_TILES_NAMESPACE with_bfloat16_pairs
#include <immintrin.h>
#else
#define HYBREC_PROCESSOR_TILES 0
#define HYBREC_BFLOAT16_PAIRS 0
#define HYBREC_TILES_NAMESPACE without_processor_tiles
#endif

namespace hybrec::simd {

inline namespace HYBREC_TILES_NAMESPACE { // units compiled with other flags have their own

/// Whether products of tiles are there: the processor has them, the compiler was told so, and the system
/// lets this process use them, for which this asks. Thread-safe.
[[nodiscard]] inline bool has_processor_tiles() noexcept {
#if HYBREC_PROCESSOR_TILES
    static const bool allowed = [] {
        constexpr long request = 0x1023, tile_data = 18; // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
        return ::syscall(SYS_arch_prctl, request, tile_data) == 0;
    }();
    return allowed;
#else
    return false;
#endif
}

/// Holds the calling thread's tiles while it lives: eight of 16 rows of 64 bytes, if there are any.
class processor_tiles {
  public:
    /// Whether the compiler was told that there may be any.
    static constexpr bool possible = HYBREC_PROCESSOR_TILES != 0;

#if HYBREC_PROCESSOR_TILES
    processor_tiles() noexcept : held_{has_processor_tiles()} {
        static constexpr layout eight{};
        if (held_)
            _tile_loadconfig(&eight);
    }
    ~processor_tiles() {
        if (held_)
            _tile_release();
    }
    [[nodiscard]] bool held() const noexcept { return held_; }
#else
    processor_tiles() noexcept = default;
    ~processor_tiles() = default;
    [[nodiscard]] static constexpr bool held() noexcept { return false; }
#endif
    processor_tiles(const processor_tiles&) = delete;
    processor_tiles& operator=(const processor_tiles&) = delete;

#if HYBREC_PROCESSOR_TILES
  private:
    /// What the instruction reads.
    struct alignas(64) layout {
        std::uint8_t palette = 1, first_row = 0, reserved[14]{};
        std::uint16_t row_bytes[16]{64, 64, 64, 64, 64, 64, 64, 64};
        std::uint8_t rows[16]{16, 16, 16, 16, 16, 16, 16, 16};
    };

    bool held_;
#endif
};

} // namespace HYBREC_TILES_NAMESPACE

} // namespace hybrec::simd
