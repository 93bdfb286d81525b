# SPDX-License-Identifier: MIT
# Defines hybrec::xsimd: the include directory of xsimd >= 8.1, as a SYSTEM interface target.
#
# Only the include directory of a found package is used: Debian's xsimd 8.1 package links its target
# against xtl, which it does not depend on. Used by the build tree and by the installed package.
if(TARGET hybrec::xsimd)
    return()
endif()

# find_path, not the package's target: it works for both packaged and plain copies.
find_package(xsimd QUIET)
set(hybrec_xsimd_hints "")
if(xsimd_FOUND AND xsimd_INCLUDE_DIRS)
    set(hybrec_xsimd_hints "${xsimd_INCLUDE_DIRS}")
endif()
find_path(HYBREC_XSIMD_INCLUDE_DIR xsimd/xsimd.hpp HINTS ${hybrec_xsimd_hints})

if(NOT HYBREC_XSIMD_INCLUDE_DIR)
    message(STATUS "hybrec: xsimd is not installed, fetching it")
    include(FetchContent)
    FetchContent_Declare(hybrec_xsimd_source
        GIT_REPOSITORY https://github.com/xtensor-stack/xsimd.git
        GIT_TAG 13.0.0
        SOURCE_SUBDIR do-not-configure)
    FetchContent_MakeAvailable(hybrec_xsimd_source)
    set(HYBREC_XSIMD_INCLUDE_DIR "${hybrec_xsimd_source_SOURCE_DIR}/include"
        CACHE PATH "Folder that contains xsimd/xsimd.hpp" FORCE)
endif()

file(STRINGS "${HYBREC_XSIMD_INCLUDE_DIR}/xsimd/config/xsimd_config.hpp" hybrec_xsimd_lines
    REGEX "#define XSIMD_VERSION_(MAJOR|MINOR|PATCH) [0-9]+")
string(REGEX REPLACE "[^0-9;]" "" hybrec_xsimd_numbers "${hybrec_xsimd_lines}")
string(REPLACE ";" "." HYBREC_XSIMD_VERSION "${hybrec_xsimd_numbers}")
if(HYBREC_XSIMD_VERSION VERSION_LESS 8.1)
    message(FATAL_ERROR "hybrec needs xsimd 8.1 or newer; ${HYBREC_XSIMD_INCLUDE_DIR} holds "
        "version ${HYBREC_XSIMD_VERSION}")
endif()

add_library(hybrec::xsimd INTERFACE IMPORTED GLOBAL)
target_include_directories(hybrec::xsimd SYSTEM INTERFACE "${HYBREC_XSIMD_INCLUDE_DIR}")
