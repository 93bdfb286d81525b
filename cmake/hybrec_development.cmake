# SPDX-License-Identifier: MIT
# Warnings and sanitizers for hybrec's own tests, examples and benchmarks; never exported.
set(HYBREC_SANITIZE "" CACHE STRING "Sanitizers for the development targets, as in -fsanitize=…")
set(HYBREC_ARCHITECTURE "" CACHE STRING "Value of -march= for the development targets; empty: none")

add_library(hybrec_development INTERFACE)
target_link_libraries(hybrec_development INTERFACE hybrec::hybrec)
target_compile_options(hybrec_development INTERFACE
    -Wall -Wextra -Wconversion -Wsign-conversion -Wshadow -pedantic-errors -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # -Wno-psabi: notes about the AVX calling convention, of no concern to a header-only library.
    target_compile_options(hybrec_development INTERFACE -fconcepts-diagnostics-depth=8 -Wno-psabi)
endif()
if(HYBREC_ARCHITECTURE)
    target_compile_options(hybrec_development INTERFACE -march=${HYBREC_ARCHITECTURE})
endif()
if(HYBREC_SANITIZE)
    target_compile_options(hybrec_development INTERFACE
        -fsanitize=${HYBREC_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(hybrec_development INTERFACE -fsanitize=${HYBREC_SANITIZE})
endif()
