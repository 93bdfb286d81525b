# SPDX-License-Identifier: MIT
# Builds and runs the consumer as a project of its own:
#
#     cmake -DMODE=installed|subdirectory -DHYBREC_SOURCE=… -DHYBREC_BUILD=… -DWORK=…
#           -DGENERATOR=… -DCXX=… [-DMAKE_PROGRAM=…] [-DXSIMD_INCLUDE_DIR=…] -P consume.cmake
#
# Nothing is fetched from the network: a package that tries to fails the test. What the consumer
# writes stays in WORK: both modes may run at the same time.
function(run)
    execute_process(COMMAND ${ARGN} WORKING_DIRECTORY "${WORK}"
        RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        list(JOIN ARGN " " command)
        message(FATAL_ERROR "${command}\nfailed (${result}):\n${output}")
    endif()
    message(STATUS "${output}")
endfunction()

file(REMOVE_RECURSE "${WORK}")
file(MAKE_DIRECTORY "${WORK}")
set(arguments
    -S "${CMAKE_CURRENT_LIST_DIR}" -B "${WORK}/build" -G "${GENERATOR}"
    "-DCMAKE_CXX_COMPILER=${CXX}" -DCMAKE_BUILD_TYPE=Release -DFETCHCONTENT_FULLY_DISCONNECTED=ON)
if(MAKE_PROGRAM)
    list(APPEND arguments "-DCMAKE_MAKE_PROGRAM=${MAKE_PROGRAM}")
endif()
if(XSIMD_INCLUDE_DIR)
    list(APPEND arguments "-DCMAKE_INCLUDE_PATH=${XSIMD_INCLUDE_DIR}")
endif()
if(MODE STREQUAL "installed")
    run("${CMAKE_COMMAND}" --install "${HYBREC_BUILD}" --prefix "${WORK}/prefix")
    list(APPEND arguments "-DCMAKE_PREFIX_PATH=${WORK}/prefix")
elseif(MODE STREQUAL "subdirectory")
    list(APPEND arguments "-DHYBREC_SOURCE=${HYBREC_SOURCE}")
else()
    message(FATAL_ERROR "MODE is \"${MODE}\"; expected installed or subdirectory")
endif()

run("${CMAKE_COMMAND}" ${arguments})
run("${CMAKE_COMMAND}" --build "${WORK}/build")
run("${WORK}/build/consumer")
if(MODE STREQUAL "installed")
    # The package must be the one that was just installed, without traces of the source tree.
    file(STRINGS "${WORK}/build/CMakeCache.txt" found REGEX "^hybrec_DIR:")
    if(NOT found MATCHES "${WORK}/prefix")
        message(FATAL_ERROR "another copy of hybrec was found: ${found}")
    endif()
    file(GLOB_RECURSE package_files "${WORK}/prefix/*.cmake")
    foreach(file IN LISTS package_files)
        file(STRINGS "${file}" text)
        string(FIND "${text}" "${HYBREC_SOURCE}/" at)
        if(NOT at EQUAL -1)
            message(FATAL_ERROR "${file} refers to the source tree ${HYBREC_SOURCE}")
        endif()
    endforeach()
endif()
file(REMOVE_RECURSE "${WORK}")
